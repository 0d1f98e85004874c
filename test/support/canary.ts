/**
 * Where a secret must not be found: in the arguments of any process, which everyone on the machine can read, and in
 * files that others than their owner can read.
 */
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface ArgumentsWatch {
  /** Every command line that any process of this machine had meanwhile. */
  readonly stop: () => Promise<readonly string[]>;
}

/** From now on; a thread of its own looks many times a second. */
export async function watchArguments(): Promise<ArgumentsWatch> {
  const worker = new Worker(new URL('arguments-watcher.ts', import.meta.url));
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
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.map(async (file) => {
      const isPrivate = ((await stat(file)).mode & 0o077) === 0;
      return !isPrivate && leaks([await readFile(file, 'latin1')], secrets).length > 0 ? [file] : [];
    }),
  );
  return found.flat();
}
