/** The built CLI as a person starts it: a child process, its exit code and what it wrote. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const BIN = fileURLToPath(new URL('../../bin/redisdemo.js', import.meta.url));
/** V8's compile cache: the tests start the CLI about a thousand times. global-setup.ts empties it before each run. */
export const COMPILE_CACHE = fileURLToPath(new URL('../../test-results/compile-cache', import.meta.url));

const OPTIONS = { reject: false, extendEnv: false, stripFinalNewline: false } as const;

export interface CliRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs; a folder without a .env unless one is given. */
  readonly cwd?: string;
}

interface Serving {
  readonly url: string;
  readonly pid: number;
  readonly store: string;
}

export function startCli(args: readonly string[], { env = {}, cwd = tmpdir() }: CliSettings = {}) {
  return execa(process.execPath, [BIN, ...args], {
    ...OPTIONS,
    cwd,
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
  });
}

export async function cli(args: readonly string[], settings?: CliSettings): Promise<CliRun> {
  const { exitCode, stdout, stderr } = await startCli(args, settings);
  return { exitCode, stdout, stderr };
}

/** Resolves with what was read until the words had come; rejects when the end comes first. */
export async function untilSaid(stream: Readable, words: string): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: unknown): void => {
      text += String(chunk);
      if (text.includes(words)) resolve(text);
    };
    stream.on('data', read).once('end', () => {
      reject(new Error(`it ended before it said ${JSON.stringify(words)}:\n${text}`));
    });
  });
}

/** What `serve --json` prints once it listens: one document. */
export async function untilListening({ stdout }: ReturnType<typeof startCli>): Promise<Serving> {
  return (JSON.parse(await untilSaid(stdout, '\n}\n')) as { readonly data: Serving }).data;
}

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-test-'));
  try {
    return await work(folder);
  } finally {
    // A state folder that is empty is removed by the last command.
    await rm(folder, { recursive: true, force: true });
  }
}
