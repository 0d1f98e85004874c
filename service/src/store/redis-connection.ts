import type { Redis } from 'ioredis';
import { storeError, writeBatch } from './redis-client.ts';
import type { ReplyLimits } from '../settings.ts';
import { noReply, replyChecks } from './reply-checks.ts';
import { replyQueue, type Waiting } from './reply-queue.ts';
import { trafficOf, unsentBytes } from './redis-traffic.ts';
import { StoreError } from './store.ts';

interface ConnectionEvents {
  /** A reply was due for too long, or came again after that. */
  readonly overdue: () => void;
  readonly replied: () => void;
  /** No byte has moved for the limit, or a reply is overdue. Called again and again while that is so. */
  readonly silent: () => void;
  /** Redis has answered a command with an error. */
  readonly refused: (error: StoreError) => void;
}

/** One connection to Redis, with the commands that wait for their replies. */
export interface RedisConnection {
  /** Rejects with a StoreError. */
  readonly call: (command: string, ...args: string[]) => Promise<unknown>;
  /** A reply is due, and no byte has moved for the limit. */
  readonly isSilent: () => boolean;
  /** A reply is due for so long that its request was given up. */
  readonly isOverdue: () => boolean;
  /** The key of the command that waits longest; undefined when none waits. */
  readonly oldestKey: () => string | undefined;
  readonly redis: Redis;
}

/** What is not sent yet is held in memory: a Redis that accepts nothing must not fill it. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;

/**
 * A command without a reply in time is given up: its request fails, and the connection stays. Redis replies in the order
 * of the commands, so while the oldest command is given up and not replied to, a new one could not be answered in time
 * either: it is refused at once, and no queue grows.
 * @param redis connected
 */
export function redisConnection(redis: Redis, limits: ReplyLimits, events: ConnectionEvents): RedisConnection {
  const joinBatch = writeBatch(redis);
  const queue = replyQueue();
  const traffic = trafficOf(redis);
  const isSilent = (): boolean => queue.oldest() !== undefined && traffic.isStill(limits.silenceMs);
  const isOverdue = (): boolean => queue.oldest()?.state === 'given up';
  const checkOnceWaiting = replyChecks(queue, traffic, limits, {
    overdue: events.overdue,
    checked: () => {
      if (isSilent() || isOverdue()) events.silent();
    },
  });
  const wait = (key: string, giveUp: Waiting['giveUp']): Waiting => {
    const isFirst = queue.oldest() === undefined;
    const waiting = queue.add(key, giveUp);
    if (isFirst) traffic.restart(waiting.sentAt);
    checkOnceWaiting();
    return waiting;
  };
  const replied = (waiting: Waiting): void => {
    if (waiting.state === 'given up') events.replied();
    queue.replied(waiting);
  };

  return {
    call: (command, ...args) => {
      if (isOverdue()) return Promise.reject(new StoreError('silent', noReply(limits)));
      if (unsentBytes(redis) > MAX_UNSENT_BYTES) {
        return Promise.reject(new StoreError('silent', `${String(MAX_UNSENT_BYTES)} bytes wait to be sent`));
      }
      return new Promise((resolve, reject) => {
        joinBatch();
        const waiting = wait(args[0] ?? '', reject);
        redis.call(command, ...args).then(
          (reply) => {
            replied(waiting);
            resolve(reply);
          },
          (error: unknown) => {
            replied(waiting);
            const refusal = storeError(error, redis.options.password ?? undefined);
            events.refused(refusal);
            reject(refusal);
          },
        );
      });
    },
    isSilent,
    isOverdue,
    oldestKey: () => queue.oldest()?.key,
    redis,
  };
}
