import { execa } from 'execa';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, cli, withFolder } from '../support/cli.ts';
import { OLD_NODE, oldNodeMissing } from '../support/old-node.ts';

describe('words', () => {
  it("--version is the package's", async () => {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    expect(await cli(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[[]], [['--help']], [['help']]])('%j shows the commands on stdout', async (args) => {
    const { exitCode, stdout, stderr } = await cli(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/tour .*\n(?:.*\n)*.*serve .*\n.*smoke /);
  });

  it.each([
    [['tuor'], "Unknown command 'tuor'", 'Did you mean tour?'],
    [['tuor', '--help'], "Unknown command 'tuor'", 'Did you mean tour?'],
    [['help', 'tuor'], "Unknown command 'tuor'", 'Did you mean tour?'],
    [['smoke', '--ulr', 'x'], "Unknown option '--ulr'", 'Did you mean --url?'],
    [['serve', '--port', 'abc'], 'It must be a whole number from 0 to 65535.', 'redisdemo serve --help'],
    [['smoke', '--wait', '3'], 'It must be a duration such as 30s, 2m or 500ms.', 'redisdemo smoke --help'],
    [['serve', 'now'], 'Too many arguments', 'redisdemo serve --help'],
  ])('%j is refused with what is wrong and what to type', async (args, message, hint) => {
    const { exitCode, stdout, stderr } = await cli(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  it('a refusal is one JSON document with --json', async () => {
    const { exitCode, stdout, stderr } = await cli(['smoke', '--json', '--url', 'nowhere']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'bad_usage' } });
  });
});

it('a file of variables that is not there is reported by redisdemo, and not by Node, which knows --env-file', async () => {
  const place = ['--project', 'demo', '--region', 'europe-west1', '--db', 'memory'];
  const { exitCode, stderr } = await cli(['deploy', 'cloudrun', ...place, '--env-vars-file', '/no/such/file']);
  expect(stderr).toContain('The file /no/such/file cannot be read: there is no such file.');
  expect(exitCode).toBe(2);
});

describe('a secret in the wrong place is not shown', () => {
  const URL_TEXT = 'rediss://user:s3cret@redis.example.com:6380';

  it.each<[readonly string[], Readonly<Record<string, string>>]>([
    [['serve'], { REDISHOST: URL_TEXT }],
    [['serve'], { REDISPORT: 'tcp://user:s3cret@10.0.0.1:6379' }],
    [['serve', '--redis-host', URL_TEXT], {}],
    [['up', '--redis-user', URL_TEXT], {}],
    [['stack', 'up', '--image', URL_TEXT], {}],
    [['smoke', '--url', 'http://user:s3cret@127.0.0.1:1'], {}],
    [['smoke'], { REDISDEMO_URL: 'http://127.0.0.1:1?token=s3cret' }],
    [['smoke', '--junit', URL_TEXT], {}],
    [['enterprise', 'database', 'list', '--url', 'https://user:s3cret@127.0.0.1:1'], {}],
    [['enterprise', 'database', 'list', '--username', URL_TEXT], {}],
    [['serve', URL_TEXT], {}],
    [['serve', '--redis-password=s3cret'], {}],
    [['serve', '-ps3cret'], {}],
    [[URL_TEXT], {}],
    [['stack', URL_TEXT], {}],
    [['help', URL_TEXT], {}],
  ])('%j with %j is exit 2 without it, in words and in JSON', async (args, env) => {
    for (const line of [args, [...args, '--json']]) {
      const { exitCode, stdout, stderr } = await cli(line, { env });
      expect({ exitCode, shown: stdout + stderr }).toEqual({
        exitCode: 2,
        shown: expect.not.stringContaining('s3cret') as string,
      });
    }
  });

  it('a whole Redis URL is answered with the settings that it belongs to', async () => {
    const { stderr } = await cli(['serve'], { env: { REDISHOST: URL_TEXT } });
    expect(stderr).toContain(
      'REDISHOST=redis.example.com REDISPORT=6380 REDISUSER=user REDISTLS=true, and its password in REDISPASS',
    );
  });
});

describe('a result that cannot be written', () => {
  it.each(['--help', '--version', 'env --db url --redis-host h', 'env --db url --redis-host h --json', 'status'])(
    '%s says so and fails: the disk is full',
    async (line) => {
      const { exitCode, stderr } = await execa(
        'sh',
        ['-c', '"$@" >/dev/full', 'sh', process.execPath, BIN, ...line.split(' ')],
        {
          env: { DOCKER_HOST: 'unix:///nonexistent.sock' },
          reject: false,
        },
      );
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^Error: The result could not be written to stdout: ENOSPC: /m);
    },
  );
});

describe('precedence', () => {
  it('is the flag, the environment, .env, the default; an empty variable is none', () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, '.env'), 'REDISHOST=file\nREDISUSER=file\nREDISPASS_FILE=/file\n');
      const env = { REDISHOST: 'environment', REDISUSER: 'environment', REDISPORT: '' };
      const { stdout } = await cli(['env', '--db', 'url', '--json', '--redis-host', 'flag'], { env, cwd });
      const { variables } = (JSON.parse(stdout) as { data: { variables: unknown } }).data;
      expect(variables).toEqual({
        REDISHOST: 'flag',
        REDISUSER: 'environment',
        REDISPASS_FILE: '/file',
        REDISPORT: '6379',
      });
    }));
});

describe('bin', () => {
  it.skipIf(oldNodeMissing !== '')(`an old Node is refused in words${oldNodeMissing}`, async () => {
    const { exitCode, stdout, stderr } = await execa(OLD_NODE, [BIN, 'tour'], { reject: false });
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain('needs Node 22.19 or newer, and this is Node');
    expect(stderr).toContain('npx redisdemo');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
