/** Small and large numbers of users: one in each Redis, or in the memory of each service. */
import type { Redis } from 'ioredis';
import { Client } from 'undici';
import { EXAMPLE_USERS } from '../service/src/model/user.ts';
import type { RedisSettings } from '../service/src/settings.ts';
import { onSignal } from './child.ts';
import type { UserRange } from './load.ts';
import { connectTo, findRedis, keyOf, USER_JSON, type BenchRedis } from './redis.ts';
import type { Running } from './running.ts';

export interface Population {
  readonly users: UserRange;
  readonly redis: RedisSettings;
}

export interface Populations {
  readonly all: readonly Population[];
  readonly note: string;
  /** Removes what was written to a server that keeps running. */
  readonly remove: () => Promise<void>;
}

/** Far from the ids that people choose, and from each other. */
const FIRST_ID = 1e9;
const DISTANCE = 1e7;
/** Commands or requests in one batch; each batch waits for the answers to the one before. */
const BATCH = 1000;
const PIPELINING = 100;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Each number of users gets a server of its own; a real server is only one, and holds all of them. */
export async function populateRedis(counts: readonly number[], environment: NodeJS.ProcessEnv): Promise<Populations> {
  const servers: BenchRedis[] = [];
  const all: Population[] = [];
  for (const users of rangesOf(counts)) {
    const server = await findRedis(environment);
    servers.push(server);
    all.push({ users, redis: server.settings });
  }
  const [first] = servers;
  if (first === undefined) throw new Error('no population');
  if (!first.isReal) {
    await fillAll(all);
    return { all, note: `${first.note}; a server for each number of users`, remove: () => Promise.resolve() };
  }
  const missing = await missingExamples(first.settings);
  const interruption = new AbortController();
  const filling = fillAll(all, interruption.signal);
  const remove = async (): Promise<void> => {
    interruption.abort();
    await filling.catch(() => undefined);
    await removeAll(all, missing);
  };
  onSignal(remove);
  await filling.catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    all,
    note: `${first.note}; it holds all users at once: what differs is how many of them are used`,
    remove,
  };
}

/** Writes users through the service's own front door. */
export async function populateMemory({ url }: Running, users: UserRange): Promise<void> {
  const client = new Client(url, { pipelining: PIPELINING });
  try {
    for (const ids of batches(users)) await Promise.all(ids.map((id) => put(client, id)));
  } finally {
    await client.close();
  }
}

export function rangesOf(counts: readonly number[]): UserRange[] {
  return counts.map((count, at) => ({ first: FIRST_ID + at * DISTANCE, count }));
}

/** The keys of example users that are not there: each service writes those. */
async function missingExamples(redis: RedisSettings): Promise<string[]> {
  const keys = Array.from(EXAMPLE_USERS.keys(), (id) => keyOf(Number(id)));
  return withClient(redis, async (client) => {
    const counts = await Promise.all(keys.map((key) => client.exists(key)));
    return keys.filter((_key, at) => counts[at] === 0);
  });
}

async function fillAll(populations: readonly Population[], interruption?: AbortSignal): Promise<void> {
  for (const { users, redis } of populations) {
    await withClient(redis, async (client) => {
      for (const ids of batches(users)) {
        interruption?.throwIfAborted();
        const pipeline = client.pipeline();
        for (const id of ids) pipeline.call('JSON.SET', keyOf(id), '.', USER_JSON);
        for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
      }
    });
  }
}

async function removeAll(populations: readonly Population[], examples: readonly string[]): Promise<void> {
  for (const { users, redis } of populations) {
    await withClient(redis, async (client) => {
      for (const ids of batches(users)) await client.unlink(...ids.map(keyOf));
      if (examples.length > 0) await client.unlink(...examples);
    });
  }
}

async function withClient<T>(redis: RedisSettings, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = await connectTo(redis);
  try {
    return await act(client);
  } finally {
    client.disconnect();
  }
}

async function put(client: Client, id: number): Promise<void> {
  const path = `/users/${String(id)}`;
  const { statusCode, body } = await client.request({ method: 'PUT', path, body: USER_JSON, headers: JSON_TYPE });
  await body.dump();
  if (statusCode !== 200) throw new Error(`PUT ${path} was answered ${String(statusCode)}`);
}

function* batches({ first, count }: UserRange): Iterable<number[]> {
  for (let from = 0; from < count; from += BATCH) {
    yield Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => first + from + at);
  }
}
