/** Programs of this machine as files of an image: each with the libraries that ldd(1) names, at the same places. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Entry } from './tar.ts';

/** Where a program is; undefined when it is not on PATH. */
export function findProgram(name: string): string | undefined {
  const dirs = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/bin'];
  return dirs.map((dir) => join(dir, name)).find((file) => existsSync(file));
}

/** Follows links: the image holds what they lead to. */
export function programEntry(file: string, path: string): Entry {
  return { path, content: readFileSync(file), mode: 0o755 };
}

/** Every library once, the dynamic loader too. */
export function libraryEntries(programs: readonly string[]): Entry[] {
  // One line each: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, or `/lib64/ld-linux-x86-64.so.2 (0x…)`.
  const lines = execFileSync('ldd', programs, { encoding: 'utf8' }).split('\n');
  const files = lines.flatMap((line) => /(?:=> |^\s+)(\/\S+) \(/.exec(line)?.[1] ?? []);
  return [...new Set(files)].map((file) => programEntry(file, file.slice(1)));
}
