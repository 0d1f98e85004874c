/** What the README's first commands meet: odd folders, settings of npm, accounts without a home. */
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OLD_NODE, oldNodeMissing } from '../support/old-node.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILT_FROM = ['bin', 'scripts', 'service', 'src', 'templates', 'package.json', 'package-lock.json'];
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent.sock' };

let parent: string;
let checkout: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'redisdemo-test-'));
  checkout = join(parent, "x y é %41#?&'");
  await mkdir(checkout);
  for (const name of BUILT_FROM) await cp(join(ROOT, name), join(checkout, name), { recursive: true });
});
afterAll(() => rm(parent, { recursive: true }));

/** Only these variables, and no HOME. */
function node(words: readonly string[], env: Readonly<Record<string, string>> = {}, nodePath = process.execPath) {
  return execa(nodePath, words, {
    cwd: checkout,
    reject: false,
    extendEnv: false,
    env: { PATH: '/usr/bin:/bin', ...env },
  });
}

describe('a checkout whose packages were not all installed', () => {
  const build = ['scripts/start-build.cjs'];

  it.each([
    ['production', 'NODE_ENV is "production", or npm is set to omit dev'],
    ['', 'npm may be set to omit dev or optional packages'],
  ])('with NODE_ENV=%j: the build names the reason and the command that repairs it', async (NODE_ENV, reason) => {
    const { exitCode, stderr } = await node(build, { NODE_ENV });
    expect(exitCode).toBe(3);
    expect(stderr.split('\n')).toEqual([
      `redisdemo was not built: the packages that build it are not installed (${reason}).`,
      'Run:   npm ci --include=dev --include=optional --ignore-scripts=false',
    ]);
  });

  // https://github.com/npm/cli/blob/v11.19.1/workspaces/libnpmexec/lib/index.js: it links, and "prepare" is run again.
  it('does not fail inside npx, which would stay broken: the command itself says what to do', async () => {
    expect(await node(build, { npm_command: 'exec' })).toMatchObject({ exitCode: 0, stderr: '' });
    const started = await node(['bin/redisdemo.js', 'tour']);
    expect(started).toMatchObject({ exitCode: 3, stdout: '' });
    expect(started.stderr).toContain('npm run build');
  });
});

describe('a checkout whose Node 24 was not installed', () => {
  it.skipIf(oldNodeMissing !== '')(`the build names the Node that there is instead${oldNodeMissing}`, async () => {
    const { exitCode, stderr } = await node([join(ROOT, 'scripts/start-build.cjs')], {}, OLD_NODE);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /^redisdemo was not built: this is Node \d+\.\S+, and the Node 24 among its packages is not/,
    );
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe('a checkout in a folder with spaces, accents and the special characters of URLs', () => {
  beforeAll(() => symlink(join(ROOT, 'node_modules'), join(checkout, 'node_modules')));

  it('is built under umask 077 and walks the tour, without HOME', async () => {
    const built = await execa('sh', ['-c', `umask 077; exec "$0" scripts/start-build.cjs`, process.execPath], {
      cwd: checkout,
    });
    expect(built.stderr).toBe('');
    const { exitCode, stdout } = await node(['bin/redisdemo.js', 'tour'], {
      ...NO_ENGINE,
      REDISDEMO_HOME: join(parent, 'state'),
    });
    expect(stdout).toMatch(/memory × local +✓ 11 of 11/);
    expect(exitCode).toBe(0);
  });
});
