import type { Redis } from 'ioredis';

/** The bytes of a connection, as a sign of life. */
export interface Traffic {
  /** Counts from now on. @param now on the clock of `performance.now()` */
  readonly restart: (now: number) => void;
  /** Since the last call. */
  readonly hasMoved: () => boolean;
  /** Whether no byte has moved for the limit. */
  readonly isStill: (limitMs: number) => boolean;
}

export function trafficOf(redis: Redis): Traffic {
  let moved = 0;
  let movedAt = 0;
  const hasMoved = (): boolean => {
    const bytes = bytesMoved(redis);
    if (bytes === moved) return false;
    moved = bytes;
    movedAt = performance.now();
    return true;
  };
  return {
    restart: (now) => {
      moved = bytesMoved(redis);
      movedAt = now;
    },
    hasMoved,
    isStill: (limitMs) => !hasMoved() && performance.now() - movedAt >= limitMs,
  };
}

/** What has not been sent yet. */
export function unsentBytes({ stream }: Redis): number {
  return stream.writableLength;
}

/** Received, or handed to the operating system. */
function bytesMoved({ stream }: Redis): number {
  return stream.bytesRead + stream.bytesWritten - stream.writableLength;
}
