import type { Redis } from 'ioredis';
import { storeError, writeBatch } from './redis-client.ts';
import type { ReplyLimits } from '../settings.ts';
import { StoreError } from './store.ts';

export interface ConnectionEvents {
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

/** A command that was sent. */
interface Waiting {
  readonly key: string;
  readonly sentAt: number;
  readonly giveUp: (error: StoreError) => void;
  state: 'due' | 'given up' | 'replied';
  next: Waiting | undefined;
}

/** How often deadlines and silence are checked. */
const CHECK_MS = 100;
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
  let oldest: Waiting | undefined;
  let newest: Waiting | undefined;
  let moved = 0;
  let movedAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const wait = (key: string, giveUp: Waiting['giveUp']): Waiting => {
    const waiting: Waiting = { key, sentAt: performance.now(), giveUp, state: 'due', next: undefined };
    if (newest === undefined) {
      oldest = waiting;
      moved = bytesMoved(redis);
      movedAt = waiting.sentAt;
    } else newest.next = waiting;
    newest = waiting;
    timer ??= checkLater();
    return waiting;
  };
  const replied = (waiting: Waiting): void => {
    if (waiting.state === 'given up') events.replied();
    waiting.state = 'replied';
    while (oldest?.state === 'replied') {
      const { next } = oldest;
      // Unlinked: an old entry that waits for the garbage collector would keep all that came after it.
      oldest.next = undefined;
      oldest = next;
    }
    if (oldest === undefined) newest = undefined;
  };
  /** The event loop reads what has arrived before it checks: a timer alone would take a busy loop for a silent Redis. */
  const checkLater = (): NodeJS.Timeout => {
    const dueAt = performance.now() + CHECK_MS;
    return setTimeout(() => setImmediate(check, dueAt), CHECK_MS);
  };
  const check = (dueAt: number): void => {
    timer = undefined;
    if (oldest === undefined) return;
    const now = performance.now();
    // A loop that was held up may have more to read than one turn of it takes.
    const isBehind = now - dueAt > CHECK_MS && hasMoved();
    if (!isBehind) giveUpOverdue(now);
    if (isSilent() || isOverdue()) events.silent();
    timer = checkLater();
  };
  const giveUpOverdue = (now: number): void => {
    for (let at = oldest; at !== undefined && now - at.sentAt >= limits.replyMs; at = at.next) {
      if (at.state !== 'due') continue;
      at.state = 'given up';
      at.giveUp(new StoreError('silent', noReply(limits)));
      if (at === oldest) events.overdue();
    }
  };
  /** Since the last time it was asked. */
  const hasMoved = (): boolean => {
    const bytes = bytesMoved(redis);
    if (bytes === moved) return false;
    moved = bytes;
    movedAt = performance.now();
    return true;
  };
  const isSilent = (): boolean =>
    oldest !== undefined && !hasMoved() && performance.now() - movedAt >= limits.silenceMs;

  const isOverdue = (): boolean => oldest?.state === 'given up';

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
    oldestKey: () => oldest?.key,
    redis,
  };
}

export function noReply({ replyMs }: ReplyLimits): string {
  return `no reply within ${String(replyMs)} ms`;
}

function unsentBytes({ stream }: Redis): number {
  return stream.writableLength;
}

/** Received, or handed to the operating system. */
function bytesMoved({ stream }: Redis): number {
  return stream.bytesRead + stream.bytesWritten - stream.writableLength;
}
