/**
 * How the service does when things become many: users in Redis, users in memory, connections.
 * The figures of one run compare with each other, never with those of another machine or another hour.
 */
import { judge, verdictLines, type Budget, type Verdict } from './budget.ts';
import { killAll } from './child.ts';
import { growConnections, type ConnectionFigure } from './connection-growth.ts';
import { findService } from './contenders.ts';
import { shareCores } from './cores.ts';
import type { GrowthPlan } from './growth-plan.ts';
import { startLoadGenerator } from './load-generator.ts';
import { watchMachine } from './machine.ts';
import { readOptions } from './options.ts';
import { populateRedis } from './populations.ts';
import { growthOf, seriesTable, valuesOf, written, type Series } from './series.ts';
import { spread } from './spread.ts';
import { METHODS } from './turns.ts';
import { growInMemory, growInRedis, type UserFigure } from './user-growth.ts';

const IN_REDIS = [1, 1000, 1_000_000];
const IN_MEMORY = [1, 1000, 100_000];
const IDLE_CONNECTIONS = [1, 100, 10_000];
/** The share of the throughput that is left with many users: flat within a tenth. */
const FLAT = 0.9;
/** Of the Cloud Run instances that redisdemo deploys. */
const INSTANCE_MEBIBYTES = 512;

const options = readOptions('bench:growth', {
  rounds: { words: 'how often each number is measured', fallback: 5, least: 1, whole: true },
  seconds: { words: 'of load, for each number, method and round', fallback: 1, least: 0.25 },
});

try {
  process.stdout.write(await measure());
} finally {
  await killAll();
}

async function measure(): Promise<string> {
  const describeMachine = await watchMachine();
  const cores = await shareCores();
  const plan = { ...options, service: await findService(), prefix: cores.contender, load: startLoadGenerator() };
  const inMemory = await growInMemory(IN_MEMORY, plan);
  const { inRedis, connections, note } = await growOnRedis(plan);
  const notes = [
    `median (least–most) of ${String(options.rounds)} rounds`,
    ...[await describeMachine(), cores.note, `Redis: ${note}`],
    'users: each request is for a random one of them',
    'busy: the share of its core that the service used; well below 100, the load was the limit',
    `connections: ${openAtTheEnd(connections)} idle ones were open at the end; those of the load are not counted`,
  ];
  const series = [inRedis, inMemory, connections];
  const budgets = [...judgeFlatness(inRedis), ...judgeFlatness(inMemory), judgeMemory(connections)];
  if (options.json) return `${JSON.stringify({ notes, series, budgets }, null, 2)}\n`;
  return [...series.map((one) => seriesTable(one)), `${notes.join('\n')}\n`, verdictLines(budgets)].join('\n');
}

async function growOnRedis(plan: GrowthPlan): Promise<{
  readonly inRedis: Series<UserFigure>;
  readonly connections: Series<ConnectionFigure>;
  readonly note: string;
}> {
  process.stderr.write('writing users to Redis\n');
  const { all, note, remove } = await populateRedis(IN_REDIS, process.env);
  const [smallest] = all;
  if (smallest === undefined) throw new Error('no Redis');
  try {
    const inRedis = await growInRedis(all, plan);
    return { inRedis, note, connections: await growConnections(IDLE_CONNECTIONS, smallest.redis, plan) };
  } finally {
    await remove();
  }
}

function judgeFlatness(series: Series<UserFigure>): Verdict[] {
  const budgets = METHODS.flatMap((method): (Pick<Budget, 'limit' | 'keep'> & { figure: UserFigure })[] => [
    { figure: `${method} req/s`, keep: 'at least', limit: FLAT },
    { figure: `${method} p99 ms`, keep: 'at most', limit: 1 / FLAT },
  ]);
  return budgets.map(({ figure, ...budget }) => {
    const title = `${series.title}: ${figure}, ${series.ends[1]} ÷ ${series.ends[0]}`;
    return judge({ title, decimals: 2, ...budget }, growthOf(series, figure));
  });
}

/** The fewest of all rounds. */
function openAtTheEnd(series: Series<ConnectionFigure>): string {
  const fewest = series.columns.map((column) => Math.min(...valuesOf(series, column, 'idle connections')));
  return fewest.slice(0, IDLE_CONNECTIONS.length).map(written).join(', ');
}

function judgeMemory(series: Series<ConnectionFigure>): Verdict {
  const column = series.ends[1];
  const title = `${series.title}: peak memory MiB, ${column}`;
  const peaks = spread(valuesOf(series, column, 'peak memory MiB'));
  return judge({ title, keep: 'at most', limit: INSTANCE_MEBIBYTES, decimals: 0 }, peaks);
}
