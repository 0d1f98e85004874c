import type { RedisSettings, ReplyLimits } from '../settings.ts';
import { EXAMPLE_USERS } from '../model/examples.ts';
import { writeUser, type User, type UserId } from '../model/user.ts';
import { ClusterMode, JsonModuleMissing, redisClient } from './redis-client.ts';
import { explainer } from './redis-explanation.ts';
import { redisLink } from './redis-link.ts';
import { StoreError, type UserStore } from './store.ts';

const EXAMPLES_RETRY_MS = 1000;
/** Keys of no user: an id has digits only. In cluster mode they are spread over the servers. */
const NOBODY = Array.from({ length: 16 }, (_, at) => `user:nobody-${String(at)}`);
const [NO_USER = ''] = NOBODY;

/** What happens outside requests, for the log. Each is reported once until something changes. */
export interface StoreEvents {
  readonly away: (reason: string) => void;
  readonly back: () => void;
  readonly examplesRefused: (reason: string) => void;
  readonly unusable: (reason: string) => void;
}

/** Users as JSON documents at the root of `user:{id}`. `ready()` rejects with {@link JsonModuleMissing}. */
export function redisStore(settings: RedisSettings, limits: ReplyLimits, events: StoreEvents): UserStore {
  let whyAway: string | undefined;
  let refusal: StoreError | undefined;
  let examplesWritten = false;
  let isFirst = true;
  /** What shows that the server in use has only some of the keys. */
  let cluster: ClusterMode | undefined;
  /** Names of no user that the server in use has not been asked for, or has refused to look for: it may be starting. */
  let unsearched = new Set<string>();
  let retry: NodeJS.Timeout | undefined;
  const { promise: firstContact, resolve } = Promise.withResolvers<undefined>();
  const contacted = (): void => {
    resolve(undefined);
  };

  const setAway = (reason: string): void => {
    if (reason !== whyAway) events.away(reason);
    whyAway = reason;
  };
  const { call, isConnected, close } = redisLink({
    open: () => redisClient(settings),
    limits,
    sampleKey: key([...EXAMPLE_USERS.keys()][0] ?? 1n),
    explain: explainer(settings),
    events: {
      connected: () => {
        cluster = undefined;
        unsearched = new Set(NOBODY);
        findCluster();
        if (!examplesWritten) void writeExamples();
      },
      refused: (error) => {
        if (!(error instanceof ClusterMode)) return;
        if (cluster === undefined) events.unusable(error.message);
        cluster = error;
      },
      away: (reason) => {
        setAway(reason);
        contacted();
      },
      back: () => {
        if (whyAway !== undefined) events.back();
        whyAway = undefined;
      },
    },
  });
  /** Needs no right but the one to read users. What the replies tell comes as an event. */
  const findCluster = (): void => {
    const names = unsearched;
    for (const name of names) {
      call('JSON.GET', name, '.').then(
        () => names.delete(name),
        () => undefined,
      );
    }
  };
  const throwIfCluster = (): void => {
    if (cluster !== undefined) throw cluster;
  };
  const refusalOfWrites = async (): Promise<StoreError | undefined> => {
    try {
      // XX on a key that does not exist changes nothing, and Redis refuses it whenever it refuses writes.
      await call('JSON.SET', NO_USER, '.', 'null', 'XX');
      return undefined;
    } catch (error) {
      if (!(error instanceof StoreError) || error.kind !== 'refused') throw error;
      await call('JSON.GET', NO_USER, '.');
      return error;
    }
  };
  const writeExample = async (id: UserId, document: string): Promise<void> => {
    try {
      await call('JSON.SET', key(id), '.', document, 'NX');
    } catch (error) {
      // A key of another type is somebody's data: left alone, as a document would be.
      if (!(error instanceof StoreError) || error.kind !== 'conflict') throw error;
      events.examplesRefused(`${key(id)}: ${error.message}`);
    }
  };
  /** The first JSON command is also the question for the module: no right to ask for modules is needed. */
  const writeExamples = async (): Promise<void> => {
    clearTimeout(retry);
    try {
      // All at once: no request of a client comes between them.
      await Promise.all(Array.from(EXAMPLE_USERS, ([id, document]) => writeExample(id, document)));
      examplesWritten = true;
      refusal = undefined;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (!isConnected()) return; // the next connection tries again
      // At the start a missing module is what the start fails with.
      const isSaid = error.message === refusal?.message || (isFirst && error instanceof JsonModuleMissing);
      if (!isSaid) events.examplesRefused(error.message);
      refusal = error;
      retry = setTimeout(() => void writeExamples(), EXAMPLES_RETRY_MS).unref();
    } finally {
      contacted();
    }
  };

  const limit = setTimeout(() => {
    setAway('no reply yet');
    contacted();
  }, limits.replyMs);
  return {
    name: 'redis',
    ready: async () => {
      await firstContact;
      clearTimeout(limit);
      isFirst = false;
      if (!(refusal instanceof JsonModuleMissing)) return;
      clearTimeout(retry);
      await close();
      throw refusal;
    },
    get: (id) => call('JSON.GET', key(id), '.').then(restoredDocument),
    put: (id, user) => call('JSON.SET', key(id), '.', storedDocument(user)),
    check: async () => {
      throwIfCluster();
      if (refusal instanceof JsonModuleMissing) throw refusal;
      // Redis replies in order: what the search finds is known when the write is answered.
      findCluster();
      const refused = await refusalOfWrites();
      throwIfCluster();
      return refused;
    },
    close: () => {
      clearTimeout(retry);
      return close();
    },
  };
}

function key(id: UserId): string {
  return `user:${id.toString()}`;
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
