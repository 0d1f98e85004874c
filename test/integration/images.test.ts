/** The stand-in images behave as the Docker stages must expect of the real ones. */
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import {
  docker,
  engine,
  engineMissing,
  publishedPort,
  removeContainers,
  runContainer,
  until,
} from '../support/docker.ts';
import { runIn } from '../support/engine-api.ts';
import { FAULTS } from '../fakes/images.ts';

const REDIS_PORT = ['--publish', '127.0.0.1::6379'];

async function withRedis(name: string, use: (redis: Redis) => Promise<void>, password?: string): Promise<void> {
  const port = await publishedPort(name, 6379);
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    protocol: 2,
    lazyConnect: true,
    retryStrategy: () => 20,
    ...(password !== undefined && { password }),
  });
  redis.on('error', () => undefined); // until it listens
  try {
    await until(() => redis.ping());
    await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function ping(name: string): Promise<string> {
  return until(async () => {
    const { code, output } = await runIn(engine.env['DOCKER_HOST'] ?? '', name, ['redis-cli', 'ping']);
    if (code !== 0) throw new Error(output);
    return output.trim();
  });
}

async function moduleRoundTrip(redis: Redis): Promise<void> {
  await redis.call('FT.CREATE', 'idx', 'ON', 'JSON', 'PREFIX', '1', 'own:', 'SCHEMA', '$.word', 'AS', 'word', 'TAG');
  await redis.call('JSON.SET', 'own:1', '$', '{"word": "here"}');
  expect(await redis.call('JSON.GET', 'own:1', '$')).toBe('[{"word":"here"}]');
  expect(await redis.call('FT.SEARCH', 'idx', '@word:{here}')).toEqual([1, 'own:1', ['$', '{"word":"here"}']]);
  expect(await redis.call('FT.SEARCH', 'idx', '@word:{gone}')).toEqual([0]);
  expect(await redis.call('FT.DROPINDEX', 'idx')).toBe('OK');
  await expect(redis.call('FT.SEARCH', 'idx', '*')).rejects.toThrow('no such index');
  expect(await redis.del('own:1')).toBe(1);
}

describe.skipIf(engineMissing !== '')(`stand-in images${engineMissing}`, () => {
  afterEach(removeContainers);

  test('redis/redis-stack reads REDIS_ARGS, has JSON and Search, and Insight on 8001', async () => {
    const args = ['--env', 'REDIS_ARGS=--requirepass secret --appendonly yes', '--publish', '127.0.0.1::8001'];
    const name = await runContainer(...REDIS_PORT, ...args, 'redis/redis-stack');
    await withRedis(name, moduleRoundTrip, 'secret');
    expect(await ping(name)).toBe('NOAUTH Authentication required.');
    const page = await fetch(`http://127.0.0.1:${String(await publishedPort(name, 8001))}/`);
    expect(await page.text()).toContain('Redis Insight');
  });

  test('redis/redis-stack takes no options behind its name', async () => {
    await expect(runContainer('redis/redis-stack', '--appendonly', 'yes')).rejects.toThrow('executable file not found');
  });

  test('redis:8 ignores REDIS_ARGS, takes options behind its name, and gives up root', async () => {
    const name = await runContainer(
      ...REDIS_PORT,
      '--env',
      'REDIS_ARGS=--requirepass secret',
      'redis:8',
      '--appendonly',
      'yes',
    );
    await withRedis(name, async (redis) => {
      await moduleRoundTrip(redis);
      expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    });
    expect(await ping(name)).toBe('PONG');
    expect((await docker(['exec', name, 'ls', '-ld', '/data'])).output).toContain('redis redis');
  });

  test('redis:8 cannot read a configuration that only root may read', async () => {
    const script =
      'mkdir /c; echo port 1 > /c/redis.conf; touch /c/other; chmod 600 /c/redis.conf; exec docker-entrypoint.sh /c/redis.conf';
    const { code, output } = await docker(['run', '--rm', 'redis:8', 'sh', '-c', script]);
    expect(output).toContain("can't open config file");
    expect(code).toBe(1);
  });

  test('what was acknowledged is there after a restart', async () => {
    const name = await runContainer(...REDIS_PORT, 'redis:8', '--appendonly', 'yes');
    await withRedis(name, async (redis) => {
      await redis.call('JSON.SET', 'kept', '$', '{"a":1}');
    });
    await docker(['kill', name]);
    await docker(['start', name]);
    await withRedis(name, async (redis) => {
      expect(await redis.call('JSON.GET', 'kept')).toBe('{"a":1}');
    });
  });

  test('redis/redisinsight lists preconfigured databases once the licence is accepted', async () => {
    const redis = await runContainer('redis:8', '--requirepass', 'secret');
    const variables = ['RI_REDIS_HOST1=redis', 'RI_REDIS_ALIAS1=mine', 'RI_REDIS_PASSWORD1=secret'];
    const env = variables.flatMap((variable) => ['--env', variable]);
    const link = ['--link', `${redis}:redis`, '--publish', '127.0.0.1::5540'];
    const name = await runContainer(...link, ...env, 'redis/redisinsight');
    const api = `http://127.0.0.1:${String(await publishedPort(name, 5540))}/api`;
    const get = async (path: string): Promise<unknown> => (await fetch(`${api}${path}`)).json();
    expect(await until(() => get('/health/'))).toEqual({ status: 'up' });
    expect(await get('/settings')).toMatchObject({ agreements: null });
    expect(await get('/databases')).toEqual([]);

    const agreements = { eula: true, analytics: false, notifications: false, encryption: false };
    const headers = { 'content-type': 'application/json' };
    await fetch(`${api}/settings`, { method: 'PATCH', headers, body: JSON.stringify({ agreements }) });
    expect(await get('/databases')).toMatchObject([{ id: '1', host: 'redis', port: 6379, name: 'mine' }]);
    expect(await get('/databases/1')).toMatchObject({ password: true });
    await ping(redis);
    expect(await get('/databases/1/connect')).toEqual({});
  });

  test('node:24-slim runs Node as another user on a read-only root file system', async () => {
    const script = 'console.log(process.version, process.getuid(), fs.existsSync("/etc/passwd"))';
    const { output } = await docker([
      'run',
      '--rm',
      '--read-only',
      '--user',
      'node',
      'node:24-slim',
      '-p',
      `${script};0`,
    ]);
    expect(output).toBe(`${process.version} 1000 true\n0`);
  });

  test.each(FAULTS)('redisdemo-test/%s', async (fault) => {
    const name = await runContainer(`redisdemo-test/${fault}`);
    const question: Readonly<Record<typeof fault, readonly [readonly string[], string]>> = {
      'no-json': [['exec', name, 'redis-cli', 'JSON.GET', 'x'], 'unknown command'],
      'no-search': [['exec', name, 'redis-cli', 'FT._LIST'], 'unknown command'],
      loading: [['exec', name, 'redis-cli', 'ping'], 'LOADING Redis is loading'],
      unhealthy: [['inspect', '--format', '{{.State.Health.Status}}', name], 'unhealthy'],
      crash: [['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', name], 'exited 1'],
      silent: [['exec', name, 'redis-cli', 'ping'], 'Connection refused'],
      'other-architecture': [
        ['image', 'inspect', '--format', '{{.Architecture}}', `redisdemo-test/${fault}`],
        process.arch === 'arm64' ? 'amd64' : 'arm64',
      ],
    };
    const [args, expected] = question[fault];
    await until(async () => {
      expect((await docker(args)).output).toContain(expected);
    });
  });
});
