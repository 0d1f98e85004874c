import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isAnswer, isReplica } from './redis-client.ts';
import type { ReplyLimits } from '../settings.ts';
import { RedisConnection } from './redis-connection.ts';
import type { Explain } from './redis-explanation.ts';
import { StoreError } from './store.ts';

interface LinkOptions {
  /** A client that is not connected yet. */
  readonly open: () => Redis;
  readonly limits: ReplyLimits;
  /** Asked of a new connection when no command waits for a reply. */
  readonly sampleKey: string;
  readonly explain: Explain;
  /** There is a new connection, and Redis replies on it. */
  readonly connected: () => void;
  /** Redis cannot be used: every time that something has failed. */
  readonly away: (reason: string) => void;
  readonly back: () => void;
  readonly refused: (error: StoreError) => void;
}

/** How often a connection is tried: the service resumes within a second of Redis's return. */
const ATTEMPT_EVERY_MS = 500;
/**
 * Attempts overlap: one made while packets were lost can be dead, and on a slow machine one takes seconds. The oldest
 * is ended for a new one after four seconds. The smallest plan of Redis Cloud takes 30 connections.
 */
const MAX_ATTEMPTS = 8;
/** Between an answer on a second connection and the end of the one in use. */
const GRACE_MS = 250;
/** Reconnect no more often than this: until a name has moved to the new primary, it leads to a replica. */
const RENEW_EVERY_MS = 2000;

/**
 * Access to Redis over one connection at a time, on which Redis replies. Silence alone does not end it: Redis can be busy,
 * paused or far away. A second connection decides. If Redis answers the same question there, while the connection in use
 * stays silent until its requests are given up, that connection is dead and the second one replaces it. Until then both
 * are kept, so a slow Redis costs nobody an answer (docs/adr/0011-slow-is-not-down.md).
 */
export class RedisLink {
  readonly #options: LinkOptions;
  readonly #attempts = new Map<Redis, 'asking' | 'answered'>();
  #current: RedisConnection | undefined;
  #whyAway = 'Redis is not connected yet';
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #renewedAt = -Infinity;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#seek();
  }

  /** Rejects with a StoreError. */
  call(command: string, ...args: string[]): Promise<unknown> {
    return this.#current?.call(command, ...args) ?? Promise.reject(new StoreError('silent', this.#whyAway));
  }

  isConnected(): boolean {
    return this.#current !== undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const redis of this.#attempts.keys()) this.#end(redis);
    await this.#current?.end();
  }

  #away(reason: string): void {
    this.#whyAway = reason;
    this.#options.away(reason);
  }

  async #explainAway(error?: Error): Promise<void> {
    const reason = await this.#options.explain(error);
    if (reason !== undefined && this.#current === undefined && !this.#isClosed) this.#away(reason);
  }

  /** Also while a reply is overdue: what comes a byte at a time does not end, and is not silent. */
  #isNeeded(): boolean {
    const current = this.#current;
    return !this.#isClosed && (current === undefined || current.isSilent() || current.isOverdue());
  }

  #seek(): void {
    if (this.#timer !== undefined || !this.#isNeeded() || [...this.#attempts.values()].includes('answered')) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#seek();
    }, ATTEMPT_EVERY_MS);
    void this.#attempt();
  }

  /** A replica takes no writes: the name of the server is looked up again, and what it leads to is used. */
  #renew(): void {
    if (performance.now() - this.#renewedAt < RENEW_EVERY_MS) return;
    this.#renewedAt = performance.now();
    void this.#attempt(true);
  }

  async #attempt(isRenewal = false): Promise<void> {
    const redis = this.#openAttempt();
    const silence = setTimeout(() => {
      if (this.#current === undefined) void this.#explainAway();
    }, this.#options.limits.silenceMs).unref();
    try {
      await redis.connect();
      await answerOn(redis, this.#current?.oldestKey ?? this.#options.sampleKey);
      if (this.#attempts.has(redis)) this.#attempts.set(redis, 'answered');
      await this.#giveCurrentItsChance();
      if (this.#attempts.has(redis) && (isRenewal || this.#isNeeded())) this.#use(redis);
    } catch {
      // Its 'error' event has told why, unless the server has just closed it. The next attempt is due.
      if (this.#current === undefined) void this.#explainAway();
    } finally {
      clearTimeout(silence);
      if (this.#current?.redis !== redis) this.#end(redis);
    }
  }

  #openAttempt(): Redis {
    const attempts = this.#attempts;
    for (const oldest of attempts.keys()) if (attempts.size >= MAX_ATTEMPTS) this.#end(oldest);
    const redis = this.#options.open();
    attempts.set(redis, 'asking');
    redis.once('close', () => attempts.delete(redis));
    redis.on('error', (error: Error) => {
      if (attempts.has(redis) && this.#current === undefined) void this.#explainAway(error);
    });
    return redis;
  }

  /** A Redis that was busy answers both: the one in use gets its chance first. */
  async #giveCurrentItsChance(): Promise<void> {
    for (let current = this.#current; current !== undefined; current = this.#current) {
      await sleep(GRACE_MS);
      if (current.isOverdue() || !current.isSilent()) break;
    }
  }

  #end(redis: Redis): void {
    this.#attempts.delete(redis);
    redis.disconnect();
  }

  #use(redis: Redis): void {
    const options = this.#options;
    const before = this.#current;
    const isCurrent = (): boolean => this.#current?.redis === redis;
    this.#attempts.delete(redis);
    this.#current = new RedisConnection(redis, options.limits, {
      overdue: (reason) => {
        if (isCurrent()) this.#away(reason);
      },
      replied: options.back,
      silent: () => {
        this.#seek();
      },
      refused: (error) => {
        if (isReplica(error)) this.#renew();
        options.refused(error);
      },
    });
    redis.on('error', (error: Error) => {
      if (isCurrent()) this.#away(error.message);
    });
    redis.once('close', () => {
      if (!isCurrent()) return;
      this.#current = undefined;
      this.#whyAway = 'the connection was closed'; // the next attempt tells whether Redis is away
      this.#seek();
    });
    void before?.end();
    for (const other of this.#attempts.keys()) this.#end(other);
    options.back();
    options.connected();
  }
}

/** Resolves when Redis replies, if only with an error: it is there. */
async function answerOn(redis: Redis, key: string): Promise<void> {
  try {
    await redis.call('JSON.GET', key, '.');
  } catch (error) {
    if (!isAnswer(error)) throw error;
  }
}
