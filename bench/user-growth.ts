/** The service with few and with many users: a service for each number, and they take turns under load. */
import type { GrowthPlan } from './growth-plan.ts';
import type { UserRange } from './load.ts';
import { populateMemory, rangesOf, type Population } from './populations.ts';
import { USER_JSON } from './redis.ts';
import { run, type Running } from './running.ts';
import { written, type Series, type SeriesRound } from './series.ts';
import { METHOD_FIGURES, playMethods, rotate, warmUp, type Figures, type MethodFigure, type Player } from './turns.ts';

export type UserFigure = MethodFigure | 'memory MiB';

interface Host extends Player {
  readonly column: string;
}

export async function growInRedis(populations: readonly Population[], plan: GrowthPlan): Promise<Series<UserFigure>> {
  const hosts: Host[] = [];
  for (const { users, redis } of populations) {
    hosts.push(hostOf(users, await run(plan.service, redis, plan.prefix)));
  }
  return play('users in Redis', hosts, plan);
}

export async function growInMemory(counts: readonly number[], plan: GrowthPlan): Promise<Series<UserFigure>> {
  const hosts: Host[] = [];
  for (const users of rangesOf(counts)) {
    const running = await run(plan.service, undefined, plan.prefix);
    await populateMemory(running, users);
    hosts.push(hostOf(users, running));
  }
  return play('users in memory', hosts, plan);
}

function hostOf(users: UserRange, running: Running): Host {
  const task: Player['task'] = (method) => ({
    ...{ url: running.url, method, users },
    ...(method === 'PUT' && { body: USER_JSON }),
  });
  return { column: written(users.count), running, task };
}

async function play(title: string, hosts: readonly Host[], plan: GrowthPlan): Promise<Series<UserFigure>> {
  await warmUp(hosts, plan.load);
  const rounds: SeriesRound[] = [];
  for (let number = 0; number < plan.rounds; number++) {
    process.stderr.write(`${title}: round ${String(number + 1)} of ${String(plan.rounds)}\n`);
    rounds.push(await playRound(rotate(hosts, number), plan));
  }
  await Promise.all(hosts.map(({ running }) => running.kill()));
  const columns = hosts.map(({ column }) => column);
  return {
    ...{ title, columns, ends: [columns[0] ?? '', columns.at(-1) ?? ''], rounds },
    figures: [...METHOD_FIGURES, ['memory MiB', 0]],
  };
}

async function playRound(hosts: readonly Host[], plan: GrowthPlan): Promise<SeriesRound> {
  const round: Record<string, Figures<UserFigure>> = {};
  for (const [{ column, running }, figures] of await playMethods(hosts, plan)) {
    round[column] = { ...figures, 'memory MiB': await running.mebibytes() };
  }
  return round;
}
