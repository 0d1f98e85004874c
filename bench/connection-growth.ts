/** The service with few and with many connections: those that wait while others ask, and those that all ask at once. */
import type { RedisSettings } from '../service/src/settings.ts';
import { openConnections, type Connections } from './connections.ts';
import type { GrowthPlan } from './growth-plan.ts';
import type { LoadTask } from './load.ts';
import { run } from './running.ts';
import { written, type Series, type SeriesRound } from './series.ts';
import {
  LOAD_FIGURES,
  rotate,
  takeTurns,
  TURN_SECONDS,
  warmUp,
  type Figures,
  type LoadFigure,
  type Pace,
  type Player,
} from './turns.ts';

export type ConnectionFigure = LoadFigure | 'idle connections' | 'memory MiB' | 'peak memory MiB';

interface Host extends Player {
  readonly column: string;
  readonly idle: Connections;
}

const BUSY = 1000;
/** Enough that the opening of all connections, for which their first requests wait, is a small part. */
const REQUESTS_EACH = 20;

export async function growConnections(
  counts: readonly number[],
  redis: RedisSettings,
  plan: GrowthPlan,
): Promise<Series<ConnectionFigure>> {
  const enter = async (column: string, idle: number, load: Partial<LoadTask> = {}): Promise<Host> => {
    const running = await run(plan.service, redis, plan.prefix);
    const task: Player['task'] = () => ({ url: `${running.url}/users/1`, method: 'GET', ...load });
    return { column, running, task, idle: await openConnections(running.url, idle) };
  };
  const busyColumn = `${written(BUSY)} busy`;
  const rounds: SeriesRound[] = [];
  for (let number = 0; number < plan.rounds; number++) {
    process.stderr.write(`connections: round ${String(number + 1)} of ${String(plan.rounds)}\n`);
    const hosts: Host[] = [];
    for (const count of rotate(counts, number)) hosts.push(await enter(columnOf(count), count));
    const idle = await play(hosts, plan);
    const busy = await play(
      [await enter(busyColumn, 0, { connections: BUSY, amount: BUSY * REQUESTS_EACH })],
      // One turn: the load ends by itself.
      { ...plan, seconds: TURN_SECONDS },
    );
    rounds.push({ ...idle, ...busy });
  }
  const columns = counts.map(columnOf);
  return {
    title: 'connections',
    columns: [...columns, busyColumn],
    ends: [columns[0] ?? '', columns.at(-1) ?? ''],
    figures: [...LOAD_FIGURES, ['memory MiB', 0], ['peak memory MiB', 0]],
    rounds,
  };
}

/** Measures the services in turn, and ends them. */
async function play(hosts: readonly Host[], pace: Pace): Promise<SeriesRound> {
  await warmUp(hosts, pace.load, ['GET']);
  const round: Record<string, Figures<ConnectionFigure>> = {};
  for (const [{ column, running, idle }, figures] of await takeTurns(hosts, 'GET', pace)) {
    round[column] = {
      ...figures,
      'idle connections': idle.open(),
      'memory MiB': await running.mebibytes(),
      'peak memory MiB': await running.peakMebibytes(),
    };
    idle.close();
    await running.kill();
  }
  return round;
}

function columnOf(count: number): string {
  return `${written(count)} idle`;
}
