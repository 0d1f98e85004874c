/** The load generator: a process of its own, so that its work does not delay the measuring. One task a message. */
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';

export interface LoadTask {
  readonly url: string;
  readonly method: 'GET' | 'PUT';
  readonly body?: string | undefined;
  readonly seconds: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** How long each request took, in milliseconds. */
  readonly times: Float64Array;
  /** Answers other than 200, and requests without one. */
  readonly failures: number;
}

const CONNECTIONS = 16;
/** How often autocannon looks whether its time is over. */
const CHECK_MS = 50;

process.on('message', (task: LoadTask) => {
  void fire(task).then((result) => process.send?.(result));
});

async function fire({ url, method, body, seconds }: LoadTask): Promise<LoadResult> {
  const times: number[] = [];
  let failures = 0;
  const begin = performance.now();
  let end = begin;
  await new Promise((resolve, reject) => {
    const run = autocannon(
      {
        url,
        method,
        body,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        connections: CONNECTIONS,
        duration: seconds,
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
  return { seconds: (end - begin) / 1000, times: Float64Array.from(times), failures };
}
