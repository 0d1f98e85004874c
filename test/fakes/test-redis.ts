/**
 * The Redis of tests that any Redis with a JSON module must pass: the one at REDISDEMO_TEST_REDIS_URL
 * (`redis[s]://[user][:password]@host:port`, its certificate authority in REDISDEMO_TEST_REDIS_CA_FILE), else a
 * stand-in. Of a real one only the keys `user:*` of database 0 are touched, and they are removed first.
 */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { startJsonRedis } from './json-redis.ts';
import { redisMissing } from './redis-server.ts';

const url = process.env['REDISDEMO_TEST_REDIS_URL'] ?? '';
const caFile = process.env['REDISDEMO_TEST_REDIS_CA_FILE'] ?? '';

/** Why such tests are skipped, to stand in their title; empty when they can run. */
export const testRedisMissing = url === '' ? redisMissing : '';

export interface TestRedis {
  /** The service's variables: REDISHOST and all that belongs to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly client: Redis;
  close(): Promise<void>;
}

/** Without any user in it. */
export async function openTestRedis(): Promise<TestRedis> {
  return url === '' ? openStandIn() : openReal(new URL(url));
}

async function openStandIn(): Promise<TestRedis> {
  const redis = await startJsonRedis({ password: 'stand-in' });
  return { env: redis.env, client: redis.client(), close: () => redis.stop() };
}

async function openReal({ protocol, hostname, port, username, password, pathname }: URL): Promise<TestRedis> {
  if (!['', '/', '/0'].includes(pathname))
    throw new Error('REDISDEMO_TEST_REDIS_URL: the service uses database 0 only');
  const env: Record<string, string> = {
    REDISHOST: hostname,
    REDISPORT: port === '' ? '6379' : port,
    REDISTLS: String(protocol === 'rediss:'),
    ...(username !== '' && { REDISUSER: decodeURIComponent(username) }),
    ...(password !== '' && { REDISPASS: decodeURIComponent(password) }),
    ...(caFile !== '' && { REDISCA_FILE: caFile }),
  };
  const client = new Redis(url, {
    protocol: 2,
    ...(caFile !== '' && { tls: { servername: hostname, ca: readFileSync(caFile) } }),
  });
  for await (const keys of client.scanStream({ match: 'user:*' }) as AsyncIterable<string[]>) {
    if (keys.length > 0) await client.unlink(...keys);
  }
  return {
    env,
    client,
    close: async () => {
      await client.quit();
    },
  };
}
