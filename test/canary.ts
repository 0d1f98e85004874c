/** Passwords as canaries: looked for wherever one could be seen that must not be. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SAMPLE_MS = 40;

export interface Watch {
  /** What the programs of this machine were started with since then, each once. */
  readonly stop: () => Promise<ReadonlySet<string>>;
}

/** Everyone on a machine can read the arguments of its programs: so does this, again and again. Linux only. */
export function watchArguments(): Watch {
  const seen = new Set<string>();
  const over = new AbortController();
  const watching = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      for (const line of await commandLines()) seen.add(line);
      await pause(SAMPLE_MS);
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await watching;
      return seen;
    },
  };
}

async function commandLines(): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map((pid) =>
      readFile(`/proc/${pid}/cmdline`, 'utf8').then(
        (words) => words.replaceAll('\0', ' '),
        () => '',
      ),
    ),
  );
}

/** The passwords in a home, by file. */
export async function passwordsIn(home: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(home, 'secrets');
  const files = (await readdir(folder)).filter((name) => name.endsWith('-password'));
  const contents = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(files.map((name, index) => [name, contents[index]?.trim() ?? '']));
}

export interface Place {
  readonly name: string;
  readonly text: string;
}

/** `PLACE shows FILE`: which of the passwords, as it is or as HTTP carries it, is where it must not be. */
export function leaks(passwords: ReadonlyMap<string, string>, places: readonly Place[]): readonly string[] {
  return places.flatMap(({ name, text }) =>
    [...passwords].flatMap(([file, password]) => {
      // In base64 the bytes before it decide in which of three ways it is written.
      const written = ['', 'x', 'xx'].map((before) => base64Middle(before + password));
      return [password, ...written].some((form) => text.includes(form)) ? [`${name} shows ${file}`] : [];
    }),
  );
}

function base64Middle(text: string): string {
  return Buffer.from(text).toString('base64').slice(4, -4);
}

/** Files in which a password stands, and that others than their owner can read. */
export async function readableSecrets(
  folder: string,
  passwords: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.map(async (file) => {
      const isOpen = ((await stat(file)).mode & 0o077) !== 0;
      return isOpen ? leaks(passwords, [{ name: file, text: await readFile(file, 'latin1') }]) : [];
    }),
  );
  return found.flat();
}
