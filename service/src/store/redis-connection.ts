import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { ReplyLimits } from '../settings.ts';
import { storeError, writeBatch } from './redis-client.ts';
import { Traffic } from './redis-traffic.ts';
import { ReplyQueue } from './reply-queue.ts';
import { StoreError } from './store.ts';

interface ConnectionEvents {
  readonly overdue: (reason: string) => void;
  /** A reply came after its command was given up. */
  readonly replied: () => void;
  /** No byte has moved for the limit, or a reply is overdue. Called again and again while that is so. */
  readonly silent: () => void;
  readonly refused: (error: StoreError) => void;
}

/** How often deadlines and silence are checked while a command waits. */
const CHECK_MS = 100;
const GOODBYE_MS = 500;
/** What is not sent yet is held in memory: a Redis that accepts nothing must not fill it. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;

/**
 * One connection to Redis, with the commands that wait for their replies. A command without a reply in time is given up:
 * its request fails, and the connection stays. Redis replies in the order of the commands, so while the oldest command is
 * given up and not replied to, a new one could not be answered in time either: it is refused at once, and no queue grows.
 */
export class RedisConnection {
  readonly redis: Redis;
  readonly #limits: ReplyLimits;
  readonly #events: ConnectionEvents;
  readonly #joinBatch: () => void;
  readonly #queue = new ReplyQueue();
  readonly #traffic: Traffic;
  #timer: NodeJS.Timeout | undefined;

  /** @param redis connected */
  constructor(redis: Redis, limits: ReplyLimits, events: ConnectionEvents) {
    this.redis = redis;
    this.#limits = limits;
    this.#events = events;
    this.#joinBatch = writeBatch(redis);
    this.#traffic = new Traffic(redis);
  }

  /** The key of the command that waits longest; undefined when none waits. */
  get oldestKey(): string | undefined {
    return this.#queue.oldest?.key;
  }

  /** A reply is due, and no byte has moved for the limit. */
  isSilent(): boolean {
    return this.#queue.oldest !== undefined && this.#traffic.isStill(this.#limits.silenceMs);
  }

  /** A reply is due for so long that its request was given up. */
  isOverdue(): boolean {
    return this.#queue.oldest?.state === 'given up';
  }

  /** Rejects with a StoreError. */
  call(command: string, ...args: string[]): Promise<unknown> {
    if (this.isOverdue()) return Promise.reject(new StoreError('silent', this.#noReply()));
    if (this.#traffic.unsent > MAX_UNSENT_BYTES)
      return Promise.reject(new StoreError('silent', `${String(MAX_UNSENT_BYTES)} bytes wait to be sent`));
    return new Promise((resolve, reject) => {
      this.#joinBatch();
      const isFirst = this.#queue.oldest === undefined;
      const waiting = this.#queue.add(args[0] ?? '', reject);
      if (isFirst) this.#traffic.restart(waiting.sentAt);
      this.#timer ??= this.#checkLater();
      const replied = (): void => {
        if (waiting.state === 'given up') this.#events.replied();
        this.#queue.replied(waiting);
      };
      this.redis.call(command, ...args).then(
        (reply) => {
          replied();
          resolve(reply);
        },
        (error: unknown) => {
          replied();
          const refusal = storeError(error, this.redis.options.password ?? undefined);
          this.#events.refused(refusal);
          reject(refusal);
        },
      );
    });
  }

  /** Ends the connection, after the replies to what was sent if they come. */
  async end(): Promise<void> {
    const { redis } = this;
    if (!this.isOverdue() && !this.isSilent())
      await Promise.race([redis.quit().catch(() => undefined), sleep(GOODBYE_MS)]);
    redis.disconnect();
  }

  #noReply(): string {
    return `no reply within ${String(this.#limits.replyMs)} ms`;
  }

  /** The event loop reads what has arrived before it checks: a timer alone would take a busy loop for a silent Redis. */
  #checkLater(): NodeJS.Timeout {
    const dueAt = performance.now() + CHECK_MS;
    return setTimeout(() => setImmediate(this.#check.bind(this), dueAt), CHECK_MS);
  }

  #check(dueAt: number): void {
    this.#timer = undefined;
    if (this.#queue.oldest === undefined) return;
    const now = performance.now();
    // A loop that was held up may have more to read than one turn of it takes.
    const isBehind = now - dueAt > CHECK_MS && this.#traffic.hasMoved();
    if (!isBehind) this.#giveUpOverdue(now);
    if (this.isSilent() || this.isOverdue()) this.#events.silent();
    this.#timer = this.#checkLater();
  }

  #giveUpOverdue(now: number): void {
    const { oldest } = this.#queue;
    for (let at = oldest; at !== undefined && now - at.sentAt >= this.#limits.replyMs; at = at.next) {
      if (at.state !== 'due') continue;
      at.state = 'given up';
      at.giveUp(new StoreError('silent', this.#noReply()));
      if (at === oldest) this.#events.overdue(this.#noReply());
    }
  }
}
