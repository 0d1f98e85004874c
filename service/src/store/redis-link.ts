import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isAnswer, isReplica } from './redis-client.ts';
import type { ReplyLimits } from '../settings.ts';
import { noReply, redisConnection, type RedisConnection } from './redis-connection.ts';
import type { Explain } from './redis-explanation.ts';
import { StoreError } from './store.ts';

export interface LinkOptions {
  /** A client that is not connected yet. */
  readonly open: () => Redis;
  readonly limits: ReplyLimits;
  /** Asked of a new connection when no command waits for a reply. */
  readonly sampleKey: string;
  readonly explain: Explain;
  readonly events: LinkEvents;
}

export interface LinkEvents {
  /** There is a new connection, and Redis replies on it. */
  readonly connected: () => void;
  /** Redis cannot be used: every time that something has failed. */
  readonly away: (reason: string) => void;
  /** Redis replies. */
  readonly back: () => void;
  /** Redis has answered a command with an error. */
  readonly refused: (error: StoreError) => void;
}

/** Access to Redis over one connection at a time, which is replaced when it is dead. */
export interface RedisLink {
  /** Rejects with a StoreError. */
  readonly call: (command: string, ...args: string[]) => Promise<unknown>;
  readonly isConnected: () => boolean;
  readonly close: () => Promise<void>;
}

/** How often a connection is tried: the service resumes within a second of Redis's return. */
const ATTEMPT_EVERY_MS = 500;
/**
 * Attempts overlap, because one that was made while packets were lost can be dead, and on a slow machine one takes
 * seconds. Then the oldest is ended for a new one: it has had four seconds. The smallest plan of Redis Cloud takes 30
 * connections.
 */
const MAX_ATTEMPTS = 8;
/** Between an answer on a second connection and the end of the one in use. */
const GRACE_MS = 250;
const GOODBYE_MS = 500;
/** Reconnect no more often than this: until a name has moved to the new primary, it leads to a replica. */
const RENEW_EVERY_MS = 2000;

/**
 * Keeps a connection on which Redis replies. Silence alone does not end it: Redis can be busy, paused or far away. A second
 * connection decides. If Redis answers the same question there, while the connection in use stays silent until its
 * requests are given up, that connection is dead and the second one replaces it. Until then both are kept, so a slow Redis
 * costs nobody an answer (docs/adr/0011-slow-is-not-down.md).
 */
export function redisLink({ open, limits, sampleKey, explain, events }: LinkOptions): RedisLink {
  let current: RedisConnection | undefined;
  let whyAway = 'Redis is not connected yet';
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let renewedAt = -Infinity;
  const attempts = new Map<Redis, 'asking' | 'answered'>();

  const away = (reason: string): void => {
    whyAway = reason;
    events.away(reason);
  };
  const explainAway = async (error?: Error): Promise<void> => {
    const reason = await explain(error);
    if (reason !== undefined && current === undefined && !isClosed) away(reason);
  };
  /** Also while a reply is overdue: what comes a byte at a time does not end, and is not silent. */
  const isNeeded = (): boolean => !isClosed && (current === undefined || current.isSilent() || current.isOverdue());
  const isAnswered = (): boolean => [...attempts.values()].includes('answered');
  const seek = (): void => {
    if (timer !== undefined || !isNeeded() || isAnswered()) return;
    timer = setTimeout(() => {
      timer = undefined;
      seek();
    }, ATTEMPT_EVERY_MS);
    void attempt();
  };
  /** A replica takes no writes: the name of the server is looked up again, and what it leads to is used. */
  const renew = (): void => {
    if (performance.now() - renewedAt < RENEW_EVERY_MS) return;
    renewedAt = performance.now();
    void attempt(true);
  };
  const attempt = async (isRenewal = false): Promise<void> => {
    for (const oldest of attempts.keys()) if (attempts.size >= MAX_ATTEMPTS) end(oldest);
    const redis = open();
    attempts.set(redis, 'asking');
    redis.once('close', () => attempts.delete(redis));
    redis.on('error', (error: Error) => {
      if (attempts.has(redis) && current === undefined) void explainAway(error);
    });
    const silence = setTimeout(() => {
      if (current === undefined) void explainAway();
    }, limits.silenceMs).unref();
    try {
      await redis.connect();
      await answerOn(redis, current?.oldestKey() ?? sampleKey);
      if (attempts.has(redis)) attempts.set(redis, 'answered');
      // A Redis that was busy answers both: the one in use gets its chance first.
      while (current !== undefined) {
        await sleep(GRACE_MS);
        if (current.isOverdue() || !current.isSilent()) break;
      }
      if (attempts.has(redis) && (isRenewal || isNeeded())) use(redis);
    } catch {
      // Its 'error' event has told why, unless the server has just closed it. The next attempt is due.
      if (current === undefined) void explainAway();
    } finally {
      clearTimeout(silence);
      if (current?.redis !== redis) end(redis);
    }
  };
  const end = (redis: Redis): void => {
    attempts.delete(redis);
    redis.disconnect();
  };
  const use = (redis: Redis): void => {
    const before = current;
    attempts.delete(redis);
    current = redisConnection(redis, limits, {
      overdue: () => {
        if (current?.redis === redis) away(noReply(limits));
      },
      replied: events.back,
      silent: seek,
      refused: (error) => {
        if (isReplica(error)) renew();
        events.refused(error);
      },
    });
    redis.on('error', (error: Error) => {
      if (current?.redis === redis) away(error.message);
    });
    redis.once('close', () => {
      if (current?.redis !== redis) return;
      current = undefined;
      whyAway = 'the connection was closed'; // the next attempt tells whether Redis is away
      seek();
    });
    if (before) void retire(before);
    for (const other of attempts.keys()) end(other);
    events.back();
    events.connected();
  };
  seek();

  return {
    call: (command, ...args) => current?.call(command, ...args) ?? Promise.reject(new StoreError('silent', whyAway)),
    isConnected: () => current !== undefined,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      for (const redis of attempts.keys()) end(redis);
      if (current === undefined) return;
      await retire(current);
    },
  };
}

/** Ends a connection, after the replies to what was sent if they come. */
async function retire({ redis, isOverdue, isSilent }: RedisConnection): Promise<void> {
  if (!isOverdue() && !isSilent()) await Promise.race([redis.quit().catch(() => undefined), sleep(GOODBYE_MS)]);
  redis.disconnect();
}

/** Resolves when Redis replies, if only with an error: it is there. */
async function answerOn(redis: Redis, key: string): Promise<void> {
  try {
    await redis.call('JSON.GET', key, '.');
  } catch (error) {
    if (!isAnswer(error)) throw error;
  }
}
