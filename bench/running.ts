/** A contender while it runs. */
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisSettings } from '../service/src/settings.ts';
import { kill, plainEnvironment, start } from './child.ts';
import type { Contender } from './contenders.ts';
import { freePort } from './port.ts';
import { READ_ID } from './redis.ts';

export interface Running {
  readonly contender: Contender;
  readonly url: string;
  /** From the start of the process to the first 200. */
  readonly coldStartMs: number;
  /** CPU time so far; NaN where /proc does not tell. */
  readonly cpuMs: () => Promise<number>;
  /** The memory it holds now, and the most it has held so far; NaN where /proc does not tell. */
  readonly mebibytes: () => Promise<number>;
  readonly peakMebibytes: () => Promise<number>;
  readonly kill: () => Promise<void>;
}

const START_LIMIT_MS = 20_000;
const PROBE_INTERVAL_MS = 2;
/** The kernel tells times in hundredths of a second to programs, whatever its own clock is (USER_HZ). */
const MS_PER_TICK = 10;

/**
 * @param redis without it, the service keeps users in memory
 * @param prefix what to put before the command line
 */
export async function run(
  contender: Contender,
  redis: RedisSettings | undefined,
  prefix: readonly string[],
): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const env = contenderEnvironment(port, redis);
  const begin = performance.now();
  // The access log of the original goes nowhere, but it is written, as in the tutorial.
  const child = start([...prefix, ...contender.command(port)], { env, stdio: 'ignore' });
  await answers(`${url}/users/${String(READ_ID)}`, contender, child);
  const proc = `/proc/${String(child.pid)}`;
  return {
    contender,
    url,
    coldStartMs: performance.now() - begin,
    cpuMs: () => readCpu(proc),
    mebibytes: () => readMemory(proc, 'VmRSS'),
    peakMebibytes: () => readMemory(proc, 'VmHWM'),
    kill: () => kill(child),
  };
}

async function answers(url: string, { name }: Contender, child: ChildProcess): Promise<void> {
  const limit = performance.now() + START_LIMIT_MS;
  for (;;) {
    const status = await fetch(url, { signal: AbortSignal.timeout(START_LIMIT_MS) }).then(
      (response) => response.arrayBuffer().then(() => response.status),
      () => undefined,
    );
    if (status === 200) return;
    if (child.pid === undefined) throw new Error(`${name} could not be started`);
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`${name} ended with ${String(end)}`);
    if (performance.now() > limit) throw new Error(`${name} does not answer (last status: ${String(status)})`);
    await sleep(PROBE_INTERVAL_MS);
  }
}

/** What the service and the original read; whatever else of it the user's shell has set is taken away. */
function contenderEnvironment(servicePort: number, redis: RedisSettings | undefined): NodeJS.ProcessEnv {
  return plainEnvironment({
    PORT: String(servicePort),
    LISTEN_HOST: '127.0.0.1',
    LOG_REQUESTS: undefined,
    MEMORY_LIMIT: undefined,
    REDISHOST: redis?.host,
    REDISPORT: redis && String(redis.port),
    REDISUSER: redis?.user,
    REDISPASS: redis?.password?.(),
    REDISPASS_FILE: undefined,
    REDISTLS: redis && String(redis.tls),
    REDISCA: redis?.ca,
    REDISCA_FILE: undefined,
  });
}

/** User and system time: fields 14 and 15 of proc_pid_stat(5), counted after the command, which may hold spaces. */
async function readCpu(proc: string): Promise<number> {
  const stat = await readFile(`${proc}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

async function readMemory(proc: string, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`${proc}/status`, 'utf8').catch(() => '');
  const [, kibibytes = NaN] = new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status) ?? [];
  return Number(kibibytes) / 1024;
}
