/** The process behind load.ts, as the benchmark sees it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { kill, start } from './child.ts';
import type { LoadResult, LoadTask } from './load.ts';

export interface LoadGenerator {
  /**
   * Throws when a request was not answered with 200: such a measurement says nothing. On a busy machine there can be no
   * answer at all within the time.
   */
  fire(task: LoadTask): Promise<LoadResult>;
  stop(): Promise<void>;
}

export function startLoadGenerator(): LoadGenerator {
  const script = fileURLToPath(new URL('load.ts', import.meta.url));
  const child = start([process.execPath, script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced', // carries arrays of numbers as they are
  });
  return { fire: (task) => fire(child, task), stop: () => kill(child) };
}

async function fire(child: ChildProcess, task: LoadTask): Promise<LoadResult> {
  const done = new AbortController();
  const death = once(child, 'exit', { signal: done.signal }).then(() => {
    throw new Error('the load generator is gone');
  });
  child.send(task);
  try {
    const [result] = (await Promise.race([once(child, 'message'), death])) as [LoadResult];
    const { failures, times } = result;
    if (failures === 0) return result;
    throw new Error(`${task.method} ${task.url}: ${String(failures)} of ${String(times.length)} requests failed`);
  } finally {
    death.catch(() => undefined);
    done.abort();
  }
}
