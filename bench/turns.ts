/** Load on several services in turn. */
import type { LoadTask } from './load.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { Running } from './running.ts';
import { quantile } from './spread.ts';

export type Method = LoadTask['method'];
export type LoadFigure = 'req/s' | 'p50 ms' | 'p99 ms' | 'CPU µs/request' | 'busy %';
export type MethodFigure = `${Method} ${LoadFigure}`;
export type Figures<Name extends string> = Readonly<Record<Name, number>>;

export interface Player {
  readonly running: Running;
  readonly task: (method: Method) => Omit<LoadTask, 'seconds'>;
}

export interface Pace {
  /** Of load, for each player and method. */
  readonly seconds: number;
  readonly load: LoadGenerator;
}

/** What the turns of one player add up to. */
interface Tally<P> {
  readonly player: P;
  readonly cpuBefore: number;
  seconds: number;
  readonly times: number[];
}

export const METHODS = ['GET', 'PUT'] as const;
/** In the order of the tables, with the decimals that their noise leaves meaningful. */
export const LOAD_FIGURES: readonly (readonly [LoadFigure, number])[] = [
  ['req/s', 0],
  ['p50 ms', 2],
  ['p99 ms', 2],
  ['CPU µs/request', 1],
  ['busy %', 0],
];
export const METHOD_FIGURES = METHODS.flatMap((method) =>
  LOAD_FIGURES.map(([figure, decimals]): readonly [MethodFigure, number] => [`${method} ${figure}`, decimals]),
);

/** Each turn is so short that a pause of the machine meets all players, not one. */
export const TURN_SECONDS = 0.25;
/** Long enough for V8 to have compiled what is hot, and for Python to have its threads. */
const WARM_UP_SECONDS = 0.8;

/** Another one goes first in each round. */
export function rotate<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

export async function warmUp(
  players: readonly Player[],
  load: LoadGenerator,
  methods: readonly Method[] = METHODS,
): Promise<void> {
  for (const { task } of players) {
    for (const method of methods) {
      await load.fire({ ...task(method), connections: undefined, amount: undefined, seconds: WARM_UP_SECONDS });
    }
  }
}

/** Every method, one after another. */
export async function playMethods<P extends Player>(
  players: readonly P[],
  pace: Pace,
): Promise<Map<P, Figures<MethodFigure>>> {
  const played = new Map<P, Figures<MethodFigure>>();
  for (const method of METHODS) {
    for (const [player, figures] of await takeTurns(players, method, pace)) {
      const named = Object.fromEntries(LOAD_FIGURES.map(([figure]) => [`${method} ${figure}`, figures[figure]]));
      played.set(player, { ...played.get(player), ...named } as Figures<MethodFigure>);
    }
  }
  return played;
}

export async function takeTurns<P extends Player>(
  players: readonly P[],
  method: Method,
  { seconds, load }: Pace,
): Promise<Map<P, Figures<LoadFigure>>> {
  const turns = Math.round(seconds / TURN_SECONDS);
  const tallies: Tally<P>[] = [];
  for (const player of players) {
    tallies.push({ player, cpuBefore: await player.running.cpuMs(), seconds: 0, times: [] });
  }
  for (let turn = 0; turn < turns; turn++) {
    for (const tally of tallies) {
      const result = await load.fire({ ...tally.player.task(method), seconds: seconds / turns });
      tally.seconds += result.seconds;
      for (const time of result.times) tally.times.push(time);
    }
  }
  const settled = new Map<P, Figures<LoadFigure>>();
  for (const tally of tallies) settled.set(tally.player, await settle(tally));
  return settled;
}

async function settle({ player, cpuBefore, seconds, times }: Tally<Player>): Promise<Figures<LoadFigure>> {
  if (times.length === 0) throw new Error(`no answer within ${String(seconds)} s`);
  const cpuMs = (await player.running.cpuMs()) - cpuBefore;
  const sorted = Float64Array.from(times).sort();
  return {
    'req/s': times.length / seconds,
    'p50 ms': quantile(sorted, 0.5),
    'p99 ms': quantile(sorted, 0.99),
    'CPU µs/request': (cpuMs * 1000) / times.length,
    'busy %': cpuMs / seconds / 10,
  };
}
