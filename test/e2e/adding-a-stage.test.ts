/**
 * A new database and a new target are one file each, and one line each in the list of stages: the CLI is built with another
 * list, and nothing else of it is touched. docs/adding-a-stage.md tells this test in words.
 */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from '../../scripts/program-bundle.ts';
import { startJsonRedis, type JsonRedis } from '../fakes/json-redis.ts';
import { freePort, redisMissing } from '../fakes/redis-server.ts';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const OURS = file('../../src/stages.ts');
const WITH_TINY = file('../support/tiny/stages.ts');

const withTiny: Plugin = {
  name: 'another list of stages',
  setup: (build) => {
    build.onResolve({ filter: /\/stages\.ts$/ }, ({ path, importer }) =>
      join(dirname(importer), path) === OURS && importer !== WITH_TINY ? { path: WITH_TINY } : undefined,
    );
  },
};

let folder: string;
let redis: JsonRedis | undefined;
let env: Record<string, string>;
let port = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redisdemo-tiny-'));
  await bundleProgram('src/cli/main.ts', join(folder, 'cli'), { REDISDEMO_VERSION: '"0"' }, [withTiny]);
  await symlink(file('../../dist/service'), join(folder, 'service'));
  if (redisMissing !== '') return;
  redis = await startJsonRedis();
  env = {
    PATH: process.env['PATH'] ?? '',
    REDISDEMO_HOME: join(folder, 'home'),
    DOCKER_HOST: 'unix:///nonexistent.sock',
  };
  port = redis.env['REDISPORT'] ?? '';
  // Their variables are settings like all others.
  await writeFile(
    join(folder, '.env'),
    `REDISDEMO_TINY_PORT=${port}\nREDISDEMO_TINY_SERVICE_PORT=${String(await freePort())}\n`,
  );
});
afterAll(async () => {
  await redis?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ exitCode: number | undefined; data: unknown; stderr: string }> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(folder, 'cli/main.js'), ...args, '--json'], {
    reject: false,
    extendEnv: false,
    cwd: folder,
    env,
  });
  const document = JSON.parse(stdout) as { data?: unknown; error?: { details: unknown } };
  return { exitCode, data: document.data ?? document.error?.details, stderr };
}

interface Row {
  readonly name: string;
  readonly state: string;
}

/** Docker is away, so that the stages in it are unknown. */
async function states(): Promise<Readonly<Record<string, string>>> {
  const { data } = await run('status');
  const { stages } = (data as { stages?: readonly Row[] } | undefined) ?? {};
  return Object.fromEntries((stages ?? []).map(({ name, state }) => [name, state]));
}

describe.skipIf(redisMissing !== '')(`one more database and one more target${redisMissing}`, () => {
  it('work with up, status, env and down', async () => {
    expect(await states()).toMatchObject({ tiny: 'absent', 'tiny-target': 'absent' });
    const up = await run('up', '--db', 'tiny', '--on', 'tiny-target');
    expect(up).toMatchObject({ exitCode: 0, data: { passed: true } });
    expect(await states()).toMatchObject({ tiny: 'ready', 'tiny-target': 'ready' });
    expect((await run('env', '--db', 'tiny')).data).toMatchObject({
      variables: { REDISHOST: '127.0.0.1', REDISPORT: port },
    });
    await run('down', '--yes');
    expect(await states()).toMatchObject({ tiny: 'absent', 'tiny-target': 'absent' });
  });

  it('are combined by the tour with those that reach them, and leave nothing', async () => {
    const { data } = await run('tour');
    const { rungs } = data as { rungs: readonly { rung: string; outcome: string; leftBehind: readonly string[] }[] };
    const own = rungs.filter(({ rung }) => rung.includes('tiny'));
    expect(own.map(({ rung, outcome }) => `${rung}: ${outcome}`)).toEqual([
      'memory × tiny-target: passed',
      'stack × tiny-target: not reachable',
      'enterprise × tiny-target: not reachable',
      'tiny × local: passed',
      'tiny × tiny-target: passed',
    ]);
    expect(own.flatMap(({ leftBehind }) => leftBehind)).toEqual([]);
    expect(await states()).toMatchObject({ tiny: 'absent', 'tiny-target': 'absent' });
  });

  it('are refused together where one does not reach the other, before anything is created', async () => {
    expect(await run('up', '--db', 'tiny', '--on', 'cloudrun', '--project', 'demo-project')).toMatchObject({
      exitCode: 2,
    });
    expect(await states()).toMatchObject({ tiny: 'absent' });
  });

  it('are in the help and in the list of commands', async () => {
    const help = async (...words: string[]): Promise<string> =>
      (await execa(process.execPath, [join(folder, 'cli/main.js'), ...words, '--help'], { env })).stdout;
    expect((await help('up')).replace(/\s+/g, ' ')).toMatch(
      /--db <database> [^(]*\(the Redis given below\) or tiny .* --on <target> .* or tiny-target/,
    );
    expect(await help('deploy')).toMatch(/^ +tiny-target +on the target of a test$/m);
    expect(await help('destroy')).toMatch(/^ +tiny-target +the process of a test$/m);
  });
});
