/** The load generator: a process of its own, so that its work does not delay the measuring. One task a message. */
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';

export interface LoadTask {
  readonly url: string;
  readonly method: 'GET' | 'PUT';
  readonly body?: string | undefined;
  /** Which users are asked for; without it, `url` says it all. */
  readonly users?: UserRange | undefined;
  readonly connections?: number | undefined;
  readonly seconds: number;
  /** Ends after so many answers, however long they take, and not after the seconds. */
  readonly amount?: number | undefined;
}

/** Ids one after another. Each request is for a random one of them. */
export interface UserRange {
  readonly first: number;
  readonly count: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** How long each request took, in milliseconds. */
  readonly times: Float64Array;
  /** Answers other than 200, and requests without one. */
  readonly failures: number;
}

const CONNECTIONS = 16;
const SEED = 20261127;
/** How often autocannon looks whether its time is over. */
const CHECK_MS = 50;

process.on('message', (task: LoadTask) => {
  void fire(task).then((result) => process.send?.(result));
});

async function fire({
  url,
  method,
  body,
  users,
  connections = CONNECTIONS,
  seconds,
  amount,
}: LoadTask): Promise<LoadResult> {
  const times: number[] = [];
  let failures = 0;
  const begin = performance.now();
  let end: number | undefined;
  await new Promise((resolve, reject) => {
    const run = autocannon(
      {
        url,
        method,
        body,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        connections,
        ...(users && { requests: [{ setupRequest: (request) => ({ ...request, path: pathOf(users) }) }] }),
        duration: seconds,
        ...(amount !== undefined && { amount }),
        sampleInt: CHECK_MS,
      },
      (error: unknown, result) => {
        if (error) reject(error instanceof Error ? error : new Error('autocannon failed'));
        else resolve(result);
      },
    );
    // Its own percentiles are in whole milliseconds, which is more than most requests take.
    run.on('response', (_client, status, _bytes, ms) => {
      if (status !== 200) failures++;
      times.push(ms);
      end = performance.now();
    });
    run.on('reqError', () => failures++);
  });
  return { seconds: ((end ?? performance.now()) - begin) / 1000, times: Float64Array.from(times), failures };
}

function pathOf({ first, count }: UserRange): string {
  return `/users/${String(first + Math.floor(random() * count))}`;
}

let state = SEED;

/** From 0 to 1, the same numbers in every run: Marsaglia's xorshift of 32 bits. */
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}
