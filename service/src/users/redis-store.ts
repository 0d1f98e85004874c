import type { RedisSettings } from '../settings.ts';
import { EXAMPLE_USERS } from './examples.ts';
import { writeUser, type User, type UserId } from './model.ts';
import { isAnswer, JsonModuleMissing, lacksPermission, redisClient, storeError, writeBatch } from './redis-client.ts';
import { endSilence } from './silence.ts';
import { StoreError, type UserStore } from './store.ts';

const EXAMPLES_RETRY_MS = 1000;
/** No answer for this long and the connection counts as dead: every request is answered within a second. */
const SILENCE_MS = 800;
/** How long the start waits for a first connection before the service listens without one. */
const FIRST_CONTACT_MS = 2000;

/** What happens outside requests, for the log. Each is reported once until something changes. */
export interface StoreEvents {
  readonly away: (reason: string) => void;
  readonly back: () => void;
  readonly examplesRefused: (reason: string) => void;
}

/**
 * Users as JSON documents at the root of `user:{id}`.
 * Resolves when Redis was reached, or is found away for now. Throws {@link JsonModuleMissing}.
 */
export async function redisStore(settings: RedisSettings, events: StoreEvents): Promise<UserStore> {
  const redis = redisClient(settings);
  const joinBatch = writeBatch(redis);
  const silence = endSilence(redis, SILENCE_MS);
  let whyAway: string | undefined;
  let refusal: StoreError | undefined;
  let examplesWritten = false;
  let isFirst = true;
  let retry: NodeJS.Timeout | undefined;

  const setAway = (reason: string): void => {
    if (reason !== whyAway) events.away(reason);
    whyAway = reason;
  };
  const setBack = (): void => {
    if (whyAway !== undefined) events.back();
    whyAway = undefined;
  };
  const call = async (command: string, ...args: string[]): Promise<unknown> => {
    silence.expectAnswer();
    try {
      joinBatch();
      const reply = await redis.call(command, ...args);
      setBack();
      return reply;
    } catch (error) {
      if (isAnswer(error)) setBack();
      throw storeError(error, whyAway);
    } finally {
      silence.answered();
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
      if (redis.status !== 'ready') return; // the next connection tries again
      // At the start a missing module is what the start fails with.
      const isSaid = error.message === refusal?.message || (isFirst && error instanceof JsonModuleMissing);
      if (!isSaid) events.examplesRefused(error.message);
      refusal = error;
      retry = setTimeout(() => void writeExamples(), EXAMPLES_RETRY_MS).unref();
    }
  };

  const firstContact = new Promise<void>((resolve) => {
    const limit = setTimeout(() => {
      setAway(`no answer from ${settings.host}:${String(settings.port)} yet`);
      resolve();
    }, FIRST_CONTACT_MS);
    redis.on('ready', () => {
      // A connection says little: the kernel takes it for a server that hangs. An answer says that Redis is back.
      void (examplesWritten ? call('PING').catch(() => undefined) : writeExamples()).then(() => {
        resolve();
      });
      clearTimeout(limit);
    });
    redis.on('error', (error: Error) => {
      setAway(`Redis at ${settings.host}:${String(settings.port)} cannot be used: ${error.message}`);
      clearTimeout(limit);
      resolve();
    });
  });
  redis.connect().catch(() => undefined); // the error event has said it
  await firstContact;
  isFirst = false;
  if (refusal instanceof JsonModuleMissing) {
    clearTimeout(retry);
    redis.disconnect();
    throw refusal;
  }

  return {
    name: 'redis',
    get: async (id) => {
      const document = await call('JSON.GET', key(id), '.');
      return typeof document === 'string' ? restoreWideIntegers(document) : null;
    },
    put: async (id, user) => {
      await call('JSON.SET', key(id), '.', storedDocument(user));
    },
    check: async () => {
      if (refusal instanceof JsonModuleMissing) throw refusal;
      if (redis.status !== 'ready') throw new StoreError('unavailable', whyAway ?? 'Redis is not connected');
      await call('PING').catch((error: unknown) => {
        if (!lacksPermission(error)) throw error;
      });
    },
    close: async () => {
      clearTimeout(retry);
      await redis.quit().catch(() => {
        redis.disconnect();
      });
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
  if (BigInt.asIntN(64, user.age) === user.age) return document;
  return document.replace(/("age":)(-?\d+)/, '$1"$2"');
}

function restoreWideIntegers(document: string): string {
  return document.replace(/("age":)"(-?\d{19,})"/, '$1$2');
}
