/**
 * Finds secrets where they must not be: in command lines, which every user of the machine can read, and in files that
 * anyone but their owner can read.
 */
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface CommandLinesWatch {
  /** Every command line seen on this machine since the start. */
  readonly stop: () => Promise<readonly string[]>;
}

/** A thread of its own looks many times a second. */
export async function watchCommandLines(): Promise<CommandLinesWatch> {
  const worker = new Worker(new URL('command-lines-worker.ts', import.meta.url));
  await once(worker, 'message');
  return {
    stop: async () => {
      worker.postMessage('stop');
      const [seen] = (await once(worker, 'message')) as [readonly string[]];
      return seen;
    },
  };
}

/** Those of the texts that hold one of the secrets, shortened to what is around it. */
export function leaks(texts: readonly string[], secrets: readonly string[]): readonly string[] {
  return texts.flatMap((text) => {
    const at = Math.max(...secrets.map((secret) => text.indexOf(secret)));
    return at < 0 ? [] : [text.slice(Math.max(0, at - 80), at + 60)];
  });
}

/** Files below the folder that hold one of the secrets, and that others than their owner may read. */
export async function leakyFiles(folder: string, secrets: readonly string[]): Promise<readonly string[]> {
  const files = await filesWith(folder, secrets);
  const modes = await Promise.all(files.map(async (file) => (await stat(file)).mode));
  return files.filter((_, index) => ((modes[index] ?? 0) & 0o077) !== 0);
}

/** Files below the folder that hold one of the secrets. */
export async function filesWith(folder: string, secrets: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')));
  return files.filter((_, index) => leaks([contents[index] ?? ''], secrets).length > 0);
}
