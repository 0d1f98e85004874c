/** What a command loads before it does something: the time of a start is in that. `npm run bench:cli` measures it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { BIN, withFolder } from '../cli.ts';

interface Loaded {
  /** Of Node's own modules. */
  readonly native: readonly string[];
  /** Of our files and the libraries in them. */
  readonly bytes: number;
}

/** Each takes as long to load as all of our own code. */
const HEAVY = ['child_process', 'crypto', 'http', 'http2', 'https', 'net', 'readline', 'tls', 'worker_threads'];
const recorder = fileURLToPath(new URL('../loaded-modules.cjs', import.meta.url));

function load(line: string, exitCode: number): Promise<Loaded> {
  return withFolder(async (folder) => {
    const file = join(folder, 'loaded.json');
    const env = {
      LOADED_MODULES: file,
      DOCKER_HOST: `unix://${folder}/no-engine.sock`,
      REDISDEMO_HOME: join(folder, 'home'),
    };
    const child = await execa(process.execPath, ['--require', recorder, BIN, ...line.split(' ')], {
      cwd: folder,
      env,
      extendEnv: false,
      reject: false,
    });
    expect(child.exitCode).toBe(exitCode);
    return JSON.parse(await readFile(file, 'utf8')) as Loaded;
  });
}

describe('nothing heavy is loaded', () => {
  it.each([
    ['--help', 0],
    ['stack --help', 0],
    ['stack up --help', 0],
    ['deploy cloudrun --help', 0],
    ['enterprise database create --help', 0],
    ['stack upp', 2],
    ['stack up --port none', 2],
    ['env --db url --redis-host 127.0.0.1', 0],
    // Without Docker: its client is loaded where there is a socket.
    ['status', 3],
  ])('for `%s`', async (line, exitCode) => {
    const { native } = await load(line, exitCode);
    expect(native).toContain('fs');
    expect(native.filter((name) => HEAVY.includes(name))).toEqual([]);
  });
});

it('the list of commands loads less than the help of one, and that less than a command that works', async () => {
  const [list, one, most] = [await load('--help', 0), await load('stack up --help', 0), await load('status', 3)];
  expect(one.bytes).toBeGreaterThan(list.bytes);
  expect(one.bytes).toBeLessThan(most.bytes);
  // commander is half of it.
  expect(list.bytes).toBeLessThan(120_000);
});
