/** One round: every contender is started anew, warmed up, and measured in turn with the others. */
import type { RedisSettings } from '../service/src/settings.ts';
import type { Contender, ContenderName } from './contenders.ts';
import type { LoadGenerator } from './load-generator.ts';
import { READ_ID, USER_JSON, WRITTEN_ID } from './redis.ts';
import { run, type Running } from './running.ts';
import { playMethods, rotate, warmUp, type Figures, type MethodFigure, type Player } from './turns.ts';

export type Figure = MethodFigure | 'cold start ms' | 'cold start CPU ms' | 'peak memory MiB';

export type Measurement = Figures<Figure>;
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

interface Entrant extends Player {
  /** Of its start. */
  readonly figures: Figures<'cold start ms' | 'cold start CPU ms'>;
}

/** Starts and stops each contender once, so that files and compiled Python are at hand for all the starts that count. */
export async function rehearse({ contenders, redis, prefix }: RoundPlan): Promise<void> {
  for (const contender of contenders) await (await run(contender, redis, prefix)).kill();
}

/** Each round lets another contender go first. */
export async function playRound(plan: RoundPlan, number: number): Promise<Round> {
  const { contenders, load } = plan;
  const field: Entrant[] = [];
  for (const contender of rotate(contenders, number)) field.push(await enter(contender, plan));
  await warmUp(field, load);
  const round = new Map<ContenderName, Measurement>();
  for (const [{ running, figures }, played] of await playMethods(field, plan)) {
    const peak = await running.peakMebibytes();
    round.set(running.contender.name, { ...figures, ...played, 'peak memory MiB': peak });
    await running.kill();
  }
  return round;
}

async function enter(contender: Contender, { redis, prefix }: RoundPlan): Promise<Entrant> {
  const running = await run(contender, redis, prefix);
  return {
    running,
    task: (method) => taskOn(running, method),
    figures: { 'cold start ms': running.coldStartMs, 'cold start CPU ms': await running.cpuMs() },
  };
}

function taskOn({ url }: Running, method: 'GET' | 'PUT'): ReturnType<Player['task']> {
  return method === 'GET'
    ? { url: `${url}/users/${String(READ_ID)}`, method }
    : { url: `${url}/users/${String(WRITTEN_ID)}`, method, body: USER_JSON };
}
