import type { Redis } from 'ioredis';

/** The bytes of a connection, as a sign of life. */
export class Traffic {
  readonly #redis: Redis;
  #moved = 0;
  #movedAt = 0;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Bytes that were not handed to the operating system yet. */
  get unsent(): number {
    return this.#redis.stream.writableLength;
  }

  /** Counts from now on. @param now on the clock of `performance.now()` */
  restart(now: number): void {
    this.#moved = this.#bytes();
    this.#movedAt = now;
  }

  /** Whether bytes have moved since the last call. */
  hasMoved(): boolean {
    const bytes = this.#bytes();
    if (bytes === this.#moved) return false;
    this.#moved = bytes;
    this.#movedAt = performance.now();
    return true;
  }

  isStill(limitMs: number): boolean {
    return !this.hasMoved() && performance.now() - this.#movedAt >= limitMs;
  }

  /** Received, or handed to the operating system. */
  #bytes(): number {
    const { stream } = this.#redis;
    return stream.bytesRead + stream.bytesWritten - this.unsent;
  }
}
