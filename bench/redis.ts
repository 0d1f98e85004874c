/** The Redis that all contenders talk to. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { redisClient } from '../service/src/store/redis-client.ts';
import type { RedisSettings } from '../service/src/settings.ts';
import { start } from './child.ts';
import { freePort } from './port.ts';

export interface BenchRedis {
  readonly settings: RedisSettings;
  /** False for a stand-in that lives as long as the benchmark. */
  readonly isReal: boolean;
  readonly note: string;
}

/** Read by every GET. The examples 1 to 3 would change: the original writes them anew whenever it starts. */
export const READ_ID = 4;
/** Written by every PUT. Another user, so that GET always serves the same bytes. */
export const WRITTEN_ID = 5;

/** The tutorial's PUT. */
export const USER_JSON =
  '{"name":"Francois Cerbelle","email":"francois@redis.com","age":48,"city":"Paris","height":179,"weight":84,"gender":"True"}';

const START_LIMIT_MS = 5000;
const RETRY_MS = 50;

/** The server of {@link findRedis}, with the user that every GET reads. */
export async function openRedis(environment: NodeJS.ProcessEnv): Promise<BenchRedis> {
  const redis = await findRedis(environment);
  const client = await connectTo(redis.settings);
  try {
    await client.call('JSON.SET', keyOf(READ_ID), '.', USER_JSON);
  } finally {
    client.disconnect();
  }
  return redis;
}

/**
 * The server that REDISDEMO_TEST_REDIS_URL names, its certificate authority in REDISDEMO_TEST_REDIS_CA_FILE, or else a
 * new one.
 */
export async function findRedis(environment: NodeJS.ProcessEnv): Promise<BenchRedis> {
  const url = environment['REDISDEMO_TEST_REDIS_URL'];
  const caFile = environment['REDISDEMO_TEST_REDIS_CA_FILE'];
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
  return url === undefined ? startPlainRedis() : realRedis(new URL(url), ca);
}

export function keyOf(id: number): string {
  return `user:${String(id)}`;
}

function realRedis(url: URL, ca: string | undefined): BenchRedis {
  const settings = {
    host: url.hostname,
    port: Number(url.port === '' ? 6379 : url.port),
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : () => decodeURIComponent(url.password),
    tls: url.protocol === 'rediss:',
    ca,
  };
  return { settings, isReal: true, note: 'the server of REDISDEMO_TEST_REDIS_URL' };
}

/**
 * A plain redis-server has no JSON commands, and a stand-in in front of it would cost more than the difference that is
 * looked for. But two of its own commands, renamed, read and write one text at (key, '.') as JSON.GET and JSON.SET do.
 * JSON.SET … NX is refused, so the service says once that it could not write its examples.
 */
async function startPlainRedis(): Promise<BenchRedis> {
  const port = await freePort();
  const renamed = ['--rename-command', 'HGET', 'JSON.GET', '--rename-command', 'HMSET', 'JSON.SET'];
  const child = start(
    ['redis-server', '--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', ...renamed],
    { stdio: 'ignore' },
  );
  const failure = once(child, 'error').then(() => {
    throw new Error('redis-server is not installed: install it, or name a Redis in REDISDEMO_TEST_REDIS_URL');
  });
  await Promise.race([once(child, 'spawn'), failure]);
  return {
    settings: { host: '127.0.0.1', port, tls: false },
    isReal: false,
    note: 'a plain redis-server whose HGET and HMSET go by the names JSON.GET and JSON.SET',
  };
}

/** Tries again, at a server that is still starting, until the limit. */
export async function connectTo(settings: RedisSettings): Promise<Redis> {
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    const client = redisClient(settings);
    let why: unknown;
    client.on('error', (error) => {
      why = error;
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (performance.now() > deadline) throw new Error('no Redis to measure with', { cause: why ?? error });
      await sleep(RETRY_MS);
    }
  }
}
