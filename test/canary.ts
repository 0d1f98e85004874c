/** Where a secret shows that it must not: in the arguments of any process, in files, in files that others may read. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SAMPLE_MS = 20;

export interface Canary extends AsyncDisposable {
  /** How often all of this machine's arguments were looked through. */
  readonly samples: () => number;
  /** Arguments in which it was seen. */
  readonly seen: () => readonly string[];
}

/** Looks at the arguments of all processes of this machine, again and again. */
export function watchArguments(secret: string): Canary {
  const seen = new Set<string>();
  const stop = new AbortController();
  let samples = 0;
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const line of await commandLines()) if (line.includes(secret)) seen.add(line);
      samples += 1;
      await pause(SAMPLE_MS);
    }
  };
  const watching = watch();
  return {
    samples: () => samples,
    seen: () => [...seen],
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await watching;
    },
  };
}

async function commandLines(): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}

/** Files below a folder that hold the secret, each with its mode: `600 secrets/stack-password`. */
export async function filesWith(secret: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        const isIn = (await readFile(file)).includes(secret);
        return isIn ? [`${((await stat(file)).mode & 0o777).toString(8)} ${file.slice(folder.length + 1)}`] : [];
      }),
  );
  return found.flat().sort();
}
