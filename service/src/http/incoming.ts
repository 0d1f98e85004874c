/** Request bodies on their way in: how large one of them can be, and all of them together. */
import type { IncomingMessage } from 'node:http';
import { RETRY } from './answers.ts';

const REFUSALS = {
  tooLarge: [413, 'Request body is too large'],
  /** Too much arrives at once, and this body is the largest. */
  tooMany: [503, `Too many large bodies arrive at once. ${RETRY}`],
  /** Nobody reads this answer. */
  cutShort: [400, 'the connection ended before the body'],
} as const;

/** A body that was not read to its end: the status and the words of the answer. */
export class BodyRefused extends Error {
  readonly statusCode: number;

  constructor(why: keyof typeof REFUSALS) {
    super(REFUSALS[why][1]);
    this.statusCode = REFUSALS[why][0];
  }
}

type Done = (error: Error | null, body?: Buffer) => void;

/** What all bodies that have not arrived yet can take together: a fraction of a small container's memory. */
const TOGETHER = 32 * 1024 * 1024;

/** At most `limit` bytes each. When arriving bodies take too much together, the largest is refused: small ones pass. */
export function bodyReader(limit: number): (request: IncomingMessage, done: Done) => void {
  const together = Math.max(TOGETHER, limit);
  const arriving = new Set<ArrivingBody>();
  let held = 0;

  const release = (body: ArrivingBody): void => {
    if (arriving.delete(body)) held -= body.size;
  };
  const makeRoom = (): void => {
    while (held > together) {
      const largest = [...arriving].reduce((one, other) => (other.size > one.size ? other : one));
      largest.end(new BodyRefused('tooMany'));
    }
  };

  return (request, done) => {
    if (Number(request.headers['content-length']) > limit) {
      done(new BodyRefused('tooLarge'));
      return;
    }
    const end = (error: Error | null): void => {
      release(body);
      request.off('data', onData).off('end', onEnd).off('error', onError);
      if (error) done(error);
      else done(null, body.bytes());
    };
    const body = new ArrivingBody(end);
    const onData = (chunk: Buffer): void => {
      if (body.length + chunk.length > limit) {
        end(new BodyRefused('tooLarge'));
        return;
      }
      held += body.add(chunk);
      makeRoom();
    };
    const onEnd = (): void => {
      end(null);
    };
    const onError = (): void => {
      end(new BodyRefused('cutShort'));
    };
    arriving.add(body);
    request.on('data', onData).on('end', onEnd).on('error', onError);
  };
}

/** One buffer, doubled when it is full: a list of the pieces would take 200 bytes for a piece of one byte. */
class ArrivingBody {
  readonly end: (error: Error | null) => void;
  length = 0;
  #buffer = Buffer.alloc(0);

  constructor(end: (error: Error | null) => void) {
    this.end = end;
  }

  /** Bytes of memory. */
  get size(): number {
    return this.#buffer.length;
  }

  /** By how many bytes it has grown. */
  add(chunk: Buffer): number {
    const before = this.size;
    const length = this.length + chunk.length;
    if (length > before) {
      const buffer = Buffer.allocUnsafe(Math.max(length, before * 2));
      this.#buffer.copy(buffer, 0, 0, this.length);
      this.#buffer = buffer;
    }
    chunk.copy(this.#buffer, this.length);
    this.length = length;
    return this.size - before;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }
}
