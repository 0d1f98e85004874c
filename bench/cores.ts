/**
 * One core for the contender, another for all that feeds it. Otherwise load generator, Redis and contender take turns
 * on the same cores, and whatever the contender saves goes to the others: the throughputs draw together.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface Cores {
  /** What to put before a command line so that it runs on the contender's core. */
  readonly contender: readonly string[];
  /** For the reader of the figures. */
  readonly note: string;
}

/** Moves this process, and so every child it starts plainly, away from the contender's core. Needs Linux's taskset. */
export async function shareCores(): Promise<Cores> {
  const [first, ...others] = await allowedCores();
  const last = others.at(-1);
  if (first === undefined || last === undefined) return { contender: [], note: 'contender and load share all cores' };
  try {
    await promisify(execFile)('taskset', ['-acp', first, String(process.pid)]);
  } catch {
    return { contender: [], note: 'contender and load share all cores (no taskset here)' };
  }
  return { contender: ['taskset', '-c', last], note: `contender on core ${last}, load and Redis on core ${first}` };
}

async function allowedCores(): Promise<string[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from = NaN, to = from] = range.split('-').map(Number);
    return Number.isNaN(from) ? [] : Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
  });
}
