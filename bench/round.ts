/** One round: every contender is started anew, warmed up, and measured in turn with the others. */
import type { RedisSettings } from '../service/src/settings.ts';
import type { Contender, ContenderName } from './contenders.ts';
import type { LoadTask } from './load.ts';
import type { LoadGenerator } from './load-generator.ts';
import { READ_ID, USER_JSON, WRITTEN_ID } from './redis.ts';
import { run, type Running } from './running.ts';
import { quantile } from './spread.ts';

export type Figure =
  | `${Method} ${'req/s' | 'p50 ms' | 'p99 ms' | 'CPU µs/request' | 'busy %'}`
  | 'cold start ms'
  | 'cold start CPU ms'
  | 'peak memory MiB';

export type Measurement = Readonly<Record<Figure, number>>;
export type Round = ReadonlyMap<ContenderName, Measurement>;

export interface RoundPlan {
  readonly contenders: readonly Contender[];
  readonly redis: RedisSettings;
  /** Goes before a contender's command line. */
  readonly prefix: readonly string[];
  /** Of load, a contender and method. */
  readonly seconds: number;
  readonly load: LoadGenerator;
}

type Method = LoadTask['method'];

interface Entrant {
  readonly running: Running;
  readonly figures: Record<string, number>;
}

/** What the turns of one contender add up to. */
interface Tally {
  readonly entrant: Entrant;
  readonly cpuBefore: number;
  seconds: number;
  readonly times: number[];
}

const METHODS = ['GET', 'PUT'] as const;
/** The contenders take turns, each so short that a pause of the machine meets all of them, not one. */
const TURN_SECONDS = 0.25;
/** Long enough for V8 to have compiled what is hot, and for Python to have its threads. */
const WARM_UP_SECONDS = 0.8;

/** Starts and stops each contender once, so that files and compiled Python are at hand for all the starts that count. */
export async function rehearse({ contenders, redis, prefix }: RoundPlan): Promise<void> {
  for (const contender of contenders) await (await run(contender, redis, prefix)).kill();
}

/** Each round lets another contender go first. */
export async function playRound(plan: RoundPlan, number: number): Promise<Round> {
  const { contenders, load } = plan;
  const first = number % contenders.length;
  const field: Entrant[] = [];
  for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
    field.push(await enter(contender, plan));
  }
  for (const { running } of field) {
    for (const method of METHODS) await load.fire(task(running, method, WARM_UP_SECONDS));
  }
  for (const method of METHODS) await measure(field, method, plan);
  for (const { running, figures } of field) {
    figures['peak memory MiB'] = await running.peakMebibytes();
    await running.kill();
  }
  return new Map(field.map(({ running, figures }) => [running.contender.name, figures as Measurement]));
}

async function enter(contender: Contender, { redis, prefix }: RoundPlan): Promise<Entrant> {
  const running = await run(contender, redis, prefix);
  return {
    running,
    figures: { 'cold start ms': running.coldStartMs, 'cold start CPU ms': await running.cpuMs() },
  };
}

async function measure(field: readonly Entrant[], method: Method, { load, seconds }: RoundPlan): Promise<void> {
  const turns = Math.round(seconds / TURN_SECONDS);
  const tallies: Tally[] = [];
  for (const entrant of field)
    tallies.push({ entrant, cpuBefore: await entrant.running.cpuMs(), seconds: 0, times: [] });
  for (let turn = 0; turn < turns; turn++) {
    for (const tally of tallies) {
      const result = await load.fire(task(tally.entrant.running, method, seconds / turns));
      tally.seconds += result.seconds;
      for (const time of result.times) tally.times.push(time);
    }
  }
  for (const tally of tallies) await settle(tally, method);
}

async function settle({ entrant, cpuBefore, seconds, times }: Tally, method: Method): Promise<void> {
  const { running, figures } = entrant;
  const cpuMs = (await running.cpuMs()) - cpuBefore;
  const sorted = Float64Array.from(times).sort();
  figures[`${method} req/s`] = times.length / seconds;
  figures[`${method} p50 ms`] = quantile(sorted, 0.5);
  figures[`${method} p99 ms`] = quantile(sorted, 0.99);
  figures[`${method} CPU µs/request`] = (cpuMs * 1000) / times.length;
  figures[`${method} busy %`] = cpuMs / seconds / 10;
}

function task({ url }: Running, method: Method, seconds: number): LoadTask {
  return method === 'GET'
    ? { url: `${url}/users/${String(READ_ID)}`, method, seconds }
    : { url: `${url}/users/${String(WRITTEN_ID)}`, method, body: USER_JSON, seconds };
}
