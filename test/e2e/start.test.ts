/** What a command loads before it does something: the time of a start is in that. `npm run bench:cli` measures it. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { BIN, cli, withFolder } from '../support/cli.ts';
import { startAtTerminal, terminalMissing } from '../support/terminal.ts';

interface Loaded {
  /** Of Node's own modules. */
  readonly native: readonly string[];
  /** Those of redisdemo, with the libraries in them. */
  readonly files: readonly string[];
  /** Of these files. */
  readonly bytes: number;
}

/** Each takes as long to load as all of our own code. */
const HEAVY = ['child_process', 'crypto', 'http', 'http2', 'https', 'net', 'readline', 'tls', 'worker_threads'];
const BUILT = fileURLToPath(new URL('../../dist/cli', import.meta.url));
const recorder = fileURLToPath(new URL('../support/loaded-modules.cjs', import.meta.url));

function load(line: string, exitCode: number, stdout: 'pipe' | 'ignore' = 'pipe'): Promise<Loaded> {
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
      stdout,
      reject: false,
    });
    expect(child.exitCode).toBe(exitCode);
    return JSON.parse(await readFile(file, 'utf8')) as Loaded;
  });
}

describe('nothing heavy is loaded', () => {
  it.each([
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

it('without a Docker engine, `status` loads no plan of a stage that runs in Docker', async () => {
  const { files } = await load('status', 3);
  const isPlan = (text: string): boolean =>
    /Redis in a container \(|Redis Enterprise \(|RedisInsight at|The service in a container \(/.test(text) &&
    !text.includes('commandsOf');
  const chunks = (await readdir(BUILT)).filter((name) => name.endsWith('.js')).map((name) => join(BUILT, name));
  const plans = (await Promise.all(chunks.map(async (name) => ({ name, text: await readFile(name, 'utf8') })))).filter(
    ({ text }) => isPlan(text),
  );
  expect(plans.length).toBeGreaterThan(3);
  expect(plans.map(({ name }) => basename(name)).filter((name) => files.some((file) => file.endsWith(name)))).toEqual(
    [],
  );
});

it('the HTTP client loads no HTTP/2', async () => {
  const { native } = await load('smoke --url http://127.0.0.1:1', 7);
  expect(native).toContain('http');
  expect(native).not.toContain('http2');
});

it('an unknown command loads less than a bad value, and that less than a command that works', async () => {
  const loaded = [await load('stack upp', 2), await load('stack up --port none', 2), await load('status', 3)];
  const bytes = loaded.map((each) => each.bytes);
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
  expect(new Set(bytes).size).toBe(bytes.length);
});

describe('help that the build has written', () => {
  it.each(['--help', 'stack --help', 'stack up --help', 'deploy cloudrun --help'])(
    '`%s` loads nothing else',
    async (line) => {
      // Node's stream for a pipe would load net.
      const { native, bytes } = await load(line, 0, 'ignore');
      expect(native.filter((name) => HEAVY.includes(name))).toEqual([]);
      expect(bytes).toBeLessThan((await load('stack upp', 2)).bytes);
    },
  );

  it('is what the program says', async () => {
    const texts = JSON.parse(await readFile(join(BUILT, 'help.json'), 'utf8')) as Readonly<Record<string, string>>;
    expect(Object.keys(texts)).toContain('enterprise database create');
    for (const path of ['', 'enterprise', 'enterprise database create']) {
      const line = [...path.split(' ').filter(Boolean), '--help'];
      const said = await execa(process.execPath, [join(BUILT, 'main.js'), ...line], { stripFinalNewline: false });
      expect(texts[path]).toBe(said.stdout);
      expect((await cli(line)).stdout).toBe(said.stdout);
    }
  });

  it.skipIf(terminalMissing !== '')(`a wide terminal gets wider lines${terminalMissing}`, async () => {
    const help = async (columns: number): Promise<number> => {
      const { stdout } = await startAtTerminal(['stack', 'up', '--help'], { columns });
      return stdout.split('\n').length;
    };
    expect(await help(100)).toBeLessThan(await help(80));
  });
});
