/** The service in the background, and the folder in which redisdemo finds it again, with contents it did not write. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextFreePort } from '../../src/plan/port-owner.ts';
import { startJsonRedis } from '../fakes/json-redis.ts';
import { freePort, redisMissing } from '../fakes/redis-server.ts';
import { BIN, cli, type CliRun } from '../support/cli.ts';
import { listening } from '../support/sockets.ts';

const INSTANCE = '01234567-89ab-cdef-0123-456789abcdef';
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent.sock' };
const rootOnly = process.getuid?.() === 0 ? '' : ' (SKIPPED: needs root)';
const mountsMissing = spawnSync('unshare', ['-m', 'true']).status === 0 ? '' : ' (SKIPPED: needs to mount)';

let parent: string;
let home: string;
let record: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'redisdemo-test-'));
  await chmod(parent, 0o755);
  home = join(parent, 'home');
  record = join(home, 'records/service.json');
  await mkdir(join(home, 'records'), { recursive: true, mode: 0o700 });
});
afterEach(() => rm(parent, { recursive: true }));

const env = (): Record<string, string> => ({ REDISDEMO_HOME: home, ...NO_ENGINE });
const run = (...args: string[]): Promise<CliRun> => cli(args, { env: env() });
const deploy = (port: number): string[] => ['deploy', 'local', '--db', 'memory', '--port', String(port)];
const isAlive = (pid: number | undefined): boolean => process.kill(pid ?? NaN, 0);

describe('destroy local ends only the service that redisdemo started', () => {
  it('not a process that an answer names: neither every process (-1) nor one of this user', async () => {
    const bystander = spawn('sleep', ['600']);
    const claims = [-1, 0, bystander.pid];
    const server = createServer((_request, response) =>
      response.end(JSON.stringify({ instance: INSTANCE, pid: claims.length > 1 ? claims.shift() : claims[0] })),
    );
    const port = await listening(server);
    await writeFile(record, JSON.stringify({ instance: INSTANCE, url: `http://127.0.0.1:${String(port)}`, env: {} }));
    expect((await run('destroy', 'local')).exitCode).toBe(0);
    expect(claims).toEqual([bystander.pid]);
    expect(isAlive(bystander.pid)).toBe(true);
    bystander.kill();
  });

  it('not the process that has the recorded pid by now', async () => {
    const bystander = spawn('sleep', ['600']);
    const url = 'http://127.0.0.1:1';
    await writeFile(record, JSON.stringify({ instance: INSTANCE, url, env: {}, pid: bystander.pid }));
    expect((await run('destroy', 'local')).exitCode).toBe(0);
    expect(isAlive(bystander.pid)).toBe(true);
    bystander.kill();
  });
});

const procHidden = process.platform === 'linux' && process.getuid?.() === 0 ? '' : ' (SKIPPED: needs root on Linux)';

it.skipIf(procHidden !== '')(
  `a process of which the system tells nothing is not taken for ended${procHidden}`,
  async () => {
    const port = await freePort();
    expect((await run(...deploy(port))).exitCode).toBe(0);
    const written = await readFile(record, 'utf8');
    const hidden = ['--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh'];
    const ended = spawnSync('unshare', [...hidden, process.execPath, BIN, 'destroy', 'local'], {
      env: { ...env(), PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    expect(ended.stderr).toMatch(
      /Could not be removed: process at \S+ \(whether process \d+ still runs is not known: \/proc is not mounted\)/,
    );
    expect(ended.status).toBe(9);
    expect(await readFile(record, 'utf8')).toBe(written);
    // A process that is not there is told apart all the same.
    const stale = join(parent, 'stale');
    await mkdir(join(stale, 'records'), { recursive: true, mode: 0o700 });
    const gone = spawnSync('true').pid;
    await writeFile(
      join(stale, 'records/service.json'),
      JSON.stringify({ ...(JSON.parse(written) as object), pid: gone }),
    );
    const cleared = spawnSync('unshare', [...hidden, process.execPath, BIN, 'destroy', 'local'], {
      env: { ...env(), REDISDEMO_HOME: stale, PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    expect(cleared).toMatchObject({ status: 0, stderr: expect.stringContaining('removed process at') as string });
    expect((await run('destroy', 'local')).exitCode).toBe(0);
    await expect(fetch(`http://127.0.0.1:${String(port)}/health`)).rejects.toThrow();
  },
);

it('deploy logs local shows the log of the service in the background, or how to deploy one', async () => {
  const before = await run('deploy', 'logs', 'local');
  expect(before.stderr).toMatch(
    /No log to show: the service is not deployed \(local\)\.\n→ Deploy it: redisdemo deploy local\n$/,
  );
  expect(before.exitCode).toBe(3);
  const port = await freePort();
  expect((await run(...deploy(port))).exitCode).toBe(0);
  const { exitCode, stdout } = await run('deploy', 'logs', 'local', '--lines', '1000');
  await run('destroy', 'local');
  expect(stdout).toContain(`listening on http://127.0.0.1:${String(port)}`);
  expect(exitCode).toBe(0);
});

describe('a record that redisdemo did not write', () => {
  const valid = { instance: INSTANCE, url: 'http://127.0.0.1:8000', env: {} };
  it.each([
    'null',
    '{}',
    '[]',
    'not JSON',
    '',
    ...[{ pid: -1 }, { pid: 0 }, { pid: 1 }, { pid: 1.5 }, { pid: '7' }, { url: 'http://example.com:80' }].map(
      (wrong) => JSON.stringify({ ...valid, ...wrong }),
    ),
    JSON.stringify({ ...valid, url: 'http://127.0.0.1:99999' }),
    JSON.stringify({ ...valid, instance: '' }),
    JSON.stringify({ ...valid, env: { PORT: 1 } }),
  ])('%s is refused, with the command that removes it', async (content) => {
    await writeFile(record, content);
    const { exitCode, stderr } = await run('destroy', 'local');
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(`→ If no such`) as string });
    expect(stderr).toContain(`rm ${record}`);
  });

  it('a pipe or a folder in its place is refused, and nothing hangs', async () => {
    execFileSync('mkfifo', [record]);
    expect(await run('destroy', 'local')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is not a regular file') as string,
    });
    await rm(record);
    await mkdir(record);
    expect((await run('status')).stdout).toContain('is not a regular file');
  });

  it('a folder in place of the log is refused, with the command that removes it', async () => {
    expect((await run(...deploy(await freePort()))).exitCode).toBe(0);
    const log = join(home, 'logs/service.log');
    await rm(log);
    await mkdir(log);
    expect(await run('destroy', 'local')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`Remove it: rm -r ${log}`) as string,
    });
    await rm(log, { recursive: true });
    expect((await run('destroy', 'local')).exitCode).toBe(0);
  });
});

describe('a state folder that others can change', () => {
  it.each([
    ['the folder', () => home],
    ['a folder in it', () => join(home, 'records')],
    ['a file in it', () => record],
  ])('is refused when %s is writable by everybody', async (_title, path) => {
    await writeFile(record, '{}');
    await chmod(path(), 0o777);
    const { exitCode, stderr } = await run('destroy', 'local');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 4,
      stderr: expect.stringContaining(`chmod go-w ${path()}`) as string,
    });
    expect(stderr).toContain('can be changed by other users (mode 777)');
  });

  it.skipIf(rootOnly !== '')(`is refused when it belongs to somebody else${rootOnly}`, async () => {
    await chown(home, 12_345, 12_345);
    const { exitCode, stderr } = await run(...deploy(await freePort()));
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`${home} belongs to another user (uid 12345)`);
    expect(stderr).toContain('Set REDISDEMO_HOME to a folder that you own');
  });

  it.skipIf(rootOnly !== '')(
    `of an account without a home is asked for by name, where it is needed${rootOnly}`,
    async () => {
      const port = await listening(createServer());
      const nobody = ['--reuid=12345', '--regid=12345', '--clear-groups', process.execPath, BIN];
      const start = (...args: string[]): string =>
        execFileSync('setpriv', [...nobody, ...args], { env: NO_ENGINE, encoding: 'utf8', stdio: 'pipe', cwd: '/' });
      expect(JSON.parse(start('env', '--db', 'url', '--redis-host', 'h', '--json'))).toMatchObject({ ok: true });
      // It gets as far as the port: nothing is stored for a service in the foreground.
      expect(() => start('serve', '--port', String(port))).toThrow(new RegExp(`Port ${String(port)} is taken`));
      expect(() => start('destroy', 'local')).toThrow(/HOME is not set[^]*Set REDISDEMO_HOME to the absolute path/);
    },
  );
});

describe.skipIf(redisMissing !== '')(`a service that cannot use its Redis serves nobody${redisMissing}`, () => {
  const up = (port: number, redis: Record<string, string>, ...args: string[]): Promise<CliRun> =>
    cli(['up', '--db', 'url', '--port', String(port), ...args], { env: { ...env(), ...redis } });

  it.each([
    ['a password', { REDISPASS: 'wrong' }, 4, {}],
    ['a user', { REDISUSER: 'nobody' }, 4, {}],
    ['a host', { REDISHOST: 'no-such-host.invalid' }, 6, {}],
    ['a password, and another port is taken too', { REDISPASS: 'wrong' }, 4, { other: true }],
  ])('the corrected command works after %s was wrong', async (_what, wrong, code, { other }: { other?: boolean }) => {
    const redis = await startJsonRedis({ password: 'right' });
    const [port, second] = [await freePort(), await freePort()];
    const failed = await up(port, { ...redis.env, ...wrong }, '--timeout', '3s');
    const stillWrong = await up(port, { ...redis.env, ...wrong }, '--timeout', '3s');
    const corrected = await up(other === true ? second : port, redis.env);
    const again = await up(other === true ? second : port, redis.env);
    const changed = await up(port, { ...redis.env, REDISUSER: 'nobody' });
    await run('destroy', 'local');
    await redis.stop();
    expect([failed, stillWrong, corrected, again, changed].map(({ exitCode }) => exitCode)).toEqual([
      code,
      code,
      0,
      0,
      // One that serves is never stopped for another.
      5,
    ]);
    expect(corrected.stderr).toContain('! the service in the background is replaced: it cannot use its database');
    expect(again.stderr).not.toContain('replaced');
  });
});

it('a port that the service in the background has: it is named, with the command that removes it and a free port', async () => {
  const port = await freePort();
  expect((await run(...deploy(port))).exitCode).toBe(0);
  const { stderr, exitCode } = await run('serve', '--port', String(port));
  await run('destroy', 'local');
  expect(exitCode).toBe(5);
  expect(stderr).toMatch(
    new RegExp(
      `Port ${String(port)} is taken by redisdemo's own service in the background \\(pid \\d+\\)\\.\n→ Remove that with: redisdemo destroy local {3}Or choose another port: redisdemo serve --port \\d+\n`,
    ),
  );
});

it('the port that is suggested instead is free, and no other stage of redisdemo wants it', async () => {
  const suggested = new Map([8000, 8001, 65_535].map((port) => [port, 0]));
  const taken = new Set([8002, 8003]);
  const ports = { free: (port: number) => Promise.resolve(!taken.has(port)), find: () => Promise.resolve(40_000) };
  for (const port of suggested.keys()) suggested.set(port, await nextFreePort(port, { ports: ports as never }));
  expect(Object.fromEntries(suggested)).toEqual({ 8000: 8004, 8001: 8004, 65_535: 40_000 });
});

describe('at the same time', () => {
  it('three deployments end well: one starts the service, the others wait for it', async () => {
    const port = await freePort();
    const runs = await Promise.all([1, 2, 3].map(() => run(...deploy(port))));
    const { pid } = JSON.parse(await readFile(record, 'utf8')) as { pid: number };
    await run('destroy', 'local');
    expect(runs.map(({ exitCode, stderr }) => [exitCode, /^✗.*$/m.exec(stderr)?.[0]])).toEqual(
      runs.map(() => [0, undefined]),
    );
    // Gone, or ended and not yet collected by its parent.
    expect(await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '')).toBe('');
  });

  // Of a process that is still at work: test/unit/exclusive.test.ts.
  it('the lock of a process that was killed, or whose pid another process has by now, is free', async () => {
    const lock = join(home, 'locks/service');
    await mkdir(join(home, 'locks'), { mode: 0o700 });
    const worker = spawn('sleep', ['600']);
    const status = await readFile(`/proc/${String(worker.pid)}/stat`, 'utf8');
    await symlink(`${String(worker.pid)} ${status.split(') ')[1]?.split(' ')[19] ?? ''}`, lock);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect((await run('destroy', 'local')).exitCode).toBe(0);
    // The pid is this process's, and its start another's.
    await mkdir(join(home, 'locks'), { recursive: true, mode: 0o700 });
    await symlink(`${String(process.pid)} 1`, lock);
    expect((await run('destroy', 'local')).exitCode).toBe(0);
  });
});

describe('something that is no lock in its place', () => {
  it.each([
    ['a file', (lock: string) => writeFile(lock, '')],
    ['a pipe', (lock: string) => execFileSync('mkfifo', [lock])],
    ['a folder', (lock: string) => mkdir(lock)],
  ])('is named, and nothing hangs: %s', async (_kind, create) => {
    const folder = join(home, 'locks');
    await mkdir(folder, { mode: 0o700 });
    await create(join(folder, 'service'));
    const { exitCode, stderr } = await run('destroy', 'local');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining(`ls -ld ${folder} ${join(folder, 'service')}`) as string,
    });
  });

  it('also when the folder of the locks is none', async () => {
    await writeFile(join(home, 'locks'), '');
    expect(await run('destroy', 'local')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('ls -ld') as string,
    });
  });
});

describe('a state folder that takes nothing', () => {
  const WAY_OUT = 'Set REDISDEMO_HOME to a folder that you can write to.';

  it.skipIf(!existsSync('/proc'))('under /proc is refused with its path, and nothing hangs', async () => {
    const { exitCode, stderr } = await cli(deploy(await freePort()), { env: { ...env(), REDISDEMO_HOME: '/proc/no' } });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `Error: /proc/no/locks/service cannot be used: its folder does not exist, or takes no new files (ENOENT).\n→ ${WAY_OUT}\n`,
    });
    const ejected = await cli(['image', 'eject', '/proc/x'], { env: env() });
    expect(ejected.exitCode).toBe(2);
    expect(ejected.stderr).toContain('Error: /proc/x cannot be written: its folder does not exist, or takes no new');
  });

  it.skipIf(mountsMissing !== '').each([
    ['a read-only file system', 'ro', 4, 'the file system is read-only (EROFS)', WAY_OUT],
    [
      'a full disk',
      'nr_inodes=1',
      2,
      'no space is left on the device (ENOSPC)',
      `Free some space there, or do this: ${WAY_OUT}`,
    ],
  ])(`on %s is refused in words, and what is to be removed can be looked for${mountsMissing}`, async (...given) => {
    const [, options, exitCode, words, hint] = given;
    const script = `mount -t tmpfs -o mode=700,${options} tmpfs "$1" && shift && exec "$@"`;
    const there = (...args: string[]) =>
      spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', home, process.execPath, BIN, ...args], {
        env: { ...process.env, ...env() },
        encoding: 'utf8',
      });
    const refused = there(...deploy(await freePort()));
    expect(refused.stderr).toContain(`Error: ${record} cannot be used: ${words}.\n→ ${hint}\n`);
    expect(refused.status).toBe(exitCode);
    expect(there('destroy', 'local')).toMatchObject({ status: 0, stdout: 'There was nothing to remove.\n' });
  });

  it('that is a file is the same refusal for every command', async () => {
    const runs = await Promise.all(
      [deploy(1), ['down'], ['status']].map((args) => cli(args, { env: { ...env(), REDISDEMO_HOME: '/etc/passwd' } })),
    );
    expect(runs.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(runs.map(() => [2, '']));
  });
});

it('down that could not look everywhere does not say that there was nothing', async () => {
  const { exitCode, stdout } = await run('down');
  expect([exitCode, stdout]).toEqual([3, 'Nothing was removed.\n']);
});

describe('the current folder', () => {
  it('that was deleted is named, by every command', async () => {
    for (const args of [['status'], ['env', '--db', 'url', '--redis-host', 'h']]) {
      const gone = await mkdtemp(join(parent, 'gone-'));
      const script = 'cd "$1" && rmdir "$1" && shift && exec "$@"';
      const started = spawn('sh', ['-c', script, 'sh', gone, process.execPath, BIN, ...args], { env: env() });
      let stderr = '';
      started.stderr.on('data', (text) => (stderr += String(text)));
      const [exitCode] = (await once(started, 'close')) as [number];
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: expect.stringContaining('The current folder cannot be used: it was deleted') as string,
      });
    }
  });
});
