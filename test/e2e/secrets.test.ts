/** Passwords and variables as people give them, with a real Redis behind a real service. */
import { execa } from 'execa';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../fakes/redis-server.ts';
import { testRedisMissing } from '../fakes/test-redis.ts';
import { BIN, cli, COMPILE_CACHE, startCli, untilListening, withFolder } from '../support/cli.ts';
import { serviceOnTestRedis } from '../support/service-on-redis.ts';

describe.skipIf(testRedisMissing !== '')(`a given Redis ${testRedisMissing}`, () => {
  const given = serviceOnTestRedis();

  const withoutPassword = (): Record<string, string> =>
    Object.fromEntries(Object.entries(given.redis.env).filter(([name]) => name !== 'REDISPASS'));

  it('takes its password from a pipe, for the service and for the smoke test', () =>
    withFolder(async (folder) => {
      const [pipe, home] = [join(folder, 'pipe'), join(folder, 'home')];
      execFileSync('mkfifo', [pipe]);
      const env = { ...withoutPassword(), REDISDEMO_HOME: home };
      const port = String(await freePort());
      const written = writeFile(pipe, `${given.redis.env['REDISPASS'] ?? ''}\n`);
      const up = await cli(['up', '--db', 'url', '--port', port, '--redis-password-file', pipe], { env });
      await written;
      await cli(['destroy', 'local'], { env });
      expect(up).toMatchObject({ exitCode: 0 });
      expect(up.stdout).toContain('with users in Redis');
    }));

  it('takes its password from stdin', async () => {
    const { exitCode, stdout } = await execa(
      process.execPath,
      [BIN, 'smoke', '--json', '--url', given.service.url, '--redis-password-file', '/dev/stdin'],
      {
        input: `${given.redis.env['REDISPASS'] ?? ''}\r\n`,
        env: { ...withoutPassword(), NODE_COMPILE_CACHE: COMPILE_CACHE },
        extendEnv: false,
        reject: false,
      },
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ data: { passed: true, store: 'redis' } });
  });

  it('that refuses the login: what is odd about the password is reported, and it is not', () =>
    withFolder(async (cwd) => {
      const env = withoutPassword();
      await writeFile(join(cwd, '.env'), 'REDISPASS="\' canary\'"\n');
      const { exitCode, stdout, stderr } = await cli(['smoke', '--url', given.service.url], { env, cwd });
      expect(exitCode).toBe(7);
      expect(stdout).toContain('The password is from .env, line 1. The password is in quotes');
      expect(stdout + stderr).not.toContain('canary');
    }));
});

describe('a password file', () => {
  it.each([
    ['--redis-password-file', ['up', '--db', 'url', '--redis-host', '127.0.0.1']],
    ['--password-file', ['stack', 'up']],
    ['--password-file', ['enterprise', 'database', 'list', '--url', 'https://127.0.0.1:1']],
  ])('%s of %j that is the password itself: exit 2, before anything is made and without the value', (flag, line) =>
    withFolder(async (home) => {
      const { exitCode, stdout, stderr } = await cli([...line, flag, 's3cret'], { env: { REDISDEMO_HOME: home } });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain(`The file of ${flag}`);
      expect(stderr).toContain('there is no such file');
      expect(stderr).not.toContain('s3cret');
    }),
  );
});

it('a password that ends with a space keeps it in what env prints', async () => {
  const args = ['env', '--db', 'url', '--redis-host', 'h', '--reveal', '--shell', 'docker'];
  const { stdout } = await cli(args, { env: { REDISPASS: 'canary ' } });
  expect(stdout.split('\n')).toContain('REDISPASS=canary ');
});

describe('a variable for Redis that is not read', () => {
  it.each([
    [{ REDIS_URL: 'rediss://user:s3cret@host' }, 'REDIS_URL is set, but redisdemo does not read it. Set REDISHOST'],
    [{ REDISPASS: 's3cret' }, 'REDISPASS has no effect, because REDISHOST is not set.'],
  ])('%j is reported by smoke and serve, which report the store too', async (env, words) => {
    const serve = startCli(['serve', '--port', '0', '--json'], { env });
    const { url } = await untilListening(serve);
    const smoke = await cli(['smoke', '--url', url], { env });
    serve.kill('SIGTERM');
    const { stderr } = await serve;
    expect(smoke).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('with users in memory') as string });
    for (const text of [stderr, smoke.stderr]) {
      expect(text).toContain(words);
      expect(text).not.toContain('s3cret');
    }
  });
});
