import type { Logger } from 'pino';
import { EXAMPLE_USERS, writeUser, type User } from '../model/user.ts';
import type { RedisSettings, ReplyLimits } from '../settings.ts';
import { clusterSearch, NO_USER } from './cluster-search.ts';
import { exampleWriter } from './example-users.ts';
import { redisClient, userKey } from './redis-client.ts';
import { explainer } from './redis-explanation.ts';
import { RedisLink } from './redis-link.ts';
import { StoreError, type UserStore } from './store.ts';

/** `ready()` rejects with {@link JsonModuleMissing}. What happens outside requests is logged once until it changes. */
export function redisStore(settings: RedisSettings, limits: ReplyLimits, log: Logger): UserStore {
  const { promise: firstContact, resolve: contacted } = Promise.withResolvers<unknown>();
  let whyAway: string | undefined;
  const away = (reason: string): void => {
    if (reason !== whyAway)
      log.error({ reason }, `Redis at ${settings.host}:${String(settings.port)} cannot be used: ${reason}`);
    whyAway = reason;
    contacted(false);
  };
  const cluster = clusterSearch(
    (key) => link.call('JSON.GET', key, '.'),
    (reason) => {
      log.error({ reason }, `this Redis cannot be used: ${reason}`);
    },
  );
  const link = new RedisLink({
    open: () => redisClient(settings),
    limits,
    sampleKey: userKey([...EXAMPLE_USERS.keys()][0] ?? 1n),
    explain: explainer(settings),
    connected: () => {
      cluster.restart();
      void examples.write().finally(() => {
        contacted(true);
      });
    },
    refused: cluster.notice,
    away,
    back: () => {
      if (whyAway !== undefined) log.info('Redis is back');
      whyAway = undefined;
    },
  });
  const examples = exampleWriter(link, (reason) => {
    log.warn({ reason }, `the example users could not be written: ${reason}`);
  });
  const limit = setTimeout(away, limits.replyMs, 'no reply yet');
  return {
    name: 'redis',
    ready: async () => {
      await firstContact;
      clearTimeout(limit);
      examples.started();
      examples.throwIfModuleMissing();
    },
    get: (id) => link.call('JSON.GET', userKey(id), '.').then(restoredDocument),
    put: (id, user) => link.call('JSON.SET', userKey(id), '.', storedDocument(user)),
    check: async () => {
      cluster.throwIfFound();
      examples.throwIfModuleMissing();
      // Redis replies in order: what the search finds is known when the write is answered.
      cluster.search();
      const refused = await refusalOfWrites(link);
      cluster.throwIfFound();
      return refused;
    },
    close: () => {
      examples.stop();
      return link.close();
    },
  };
}

async function refusalOfWrites(link: RedisLink): Promise<StoreError | undefined> {
  try {
    // XX on a key that does not exist changes nothing, and Redis refuses it whenever it refuses writes.
    await link.call('JSON.SET', NO_USER, '.', 'null', 'XX');
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'refused') throw error;
    await link.call('JSON.GET', NO_USER, '.');
    return error;
  }
}

/**
 * RedisJSON keeps integers of 64 bits and turns larger ones into floats (RedisJSON#869), which loses digits. Those are
 * stored as a string of digits and served as the number they were. `"age":` with bare quotes occurs in compact JSON
 * only as a key: inside a string the quotes are escaped.
 */
function storedDocument(user: User): string {
  const document = writeUser(user);
  if (Math.abs(Number(user.age)) <= Number.MAX_SAFE_INTEGER || BigInt.asIntN(64, user.age) === user.age)
    return document;
  return document.replace(/("age":)(-?\d+)/, '$1"$2"');
}

function restoredDocument(reply: unknown): string | null {
  if (typeof reply !== 'string') return null;
  return reply.includes('"age":"') ? reply.replace(/("age":)"(-?\d{19,})"/, '$1$2') : reply;
}
