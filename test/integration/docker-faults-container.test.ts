/** What goes wrong with the containers of the Docker stages, on a real engine: each is said, and the next run works. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { CliRun } from '../support/cli.ts';
import { skipped, until } from '../support/docker.ts';
import { askEngine } from '../support/engine-api.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { startEngineProxy } from '../fakes/engine-proxy.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

const DATA = 'volume redisdemo-stack-data';
const UP = ['stack', 'up', '--image', 'redis:8', '--port', 'auto'];

let sandbox: Sandbox;

interface Document {
  readonly data?: { readonly port: number; readonly warning: string | null };
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly details: unknown;
  };
}

function documentOf({ stdout }: CliRun): Document {
  return JSON.parse(stdout) as Document;
}

async function succeeds(args: readonly string[]): Promise<Document> {
  const run = await sandbox.run([...args, '--json']);
  expect(documentOf(run).error).toBeUndefined();
  expect(run.exitCode).toBe(0);
  return documentOf(run);
}

/** The next command, as the hint names it. */
function commandsIn(hint: string): string[][] {
  const line = hint.slice(hint.indexOf('redisdemo '));
  return line.split(' && ').map((command) => command.split(' ').slice(1));
}

async function running(): Promise<readonly string[]> {
  const containers = await askEngine<readonly { Names: readonly string[] }[]>(sandbox.engine.host, '/containers/json');
  return containers.flatMap(({ Names }) => Names);
}

async function listen(port: number, host: string): Promise<() => void> {
  const server = createServer().listen({ port, host, ipv6Only: host === '::' });
  await once(server, 'listening');
  return () => void server.close();
}

describe.skipIf(ownEngineMissing !== undefined)(`containers and their faults${skipped(ownEngineMissing)}`, () => {
  beforeAll(async () => {
    sandbox = await openSandbox();
  });
  afterEach(() => sandbox.clear());
  afterAll(() => sandbox.close());

  test.each(['127.0.0.1', '0.0.0.0', '::'])('a port that a program has on %s: 5, and who it is', async (host) => {
    const port = await freePort();
    onTestFinished(await listen(port, host));
    const args = ['stack', 'up', '--image', 'redis:8', '--port', String(port)];
    const { exitCode, stdout, stderr } = await sandbox.run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toBe(
      `Error: Port ${String(port)} is taken by node (pid ${String(process.pid)}). Nothing was created.\n` +
        '→ Free it, or choose another port: redisdemo stack up --image redis:8 --port auto\n',
    );
    expect(documentOf(await sandbox.run([...args, '--json'])).error).toMatchObject({
      code: 'port_taken',
      details: { port, owner: `node (pid ${String(process.pid)})` },
    });
    expect(await sandbox.things()).toEqual([]);
  });

  test('a port that a container has: 5, and which; RedisInsight’s too', async () => {
    const port = await freePort();
    await sandbox.docker(
      'run',
      '--detach',
      '--name',
      'neighbour',
      '--publish',
      `127.0.0.1:${String(port)}:6379`,
      'redis:8',
    );
    onTestFinished(async () => {
      await sandbox.docker('rm', '--force', '--volumes', 'neighbour');
    });
    for (const option of ['--port', '--insight-port']) {
      const other = option === '--port' ? '--insight-port' : '--port';
      const { exitCode, stderr } = await sandbox.run(['stack', 'up', option, String(port), other, 'auto']);
      expect(exitCode).toBe(5);
      expect(stderr).toContain(`Port ${String(port)} is taken by the container neighbour. Nothing was created.`);
    }
    expect(await sandbox.things()).toEqual([]);
  });

  test('a port that is taken between the question and the start: 5, and the same command works once it is free', async () => {
    const port = await freePort();
    let close = (): void => undefined;
    const proxy = await startEngineProxy(sandbox.engine.host, async (request) => {
      if (request.startsWith('POST /containers/create?name=redisdemo-stack')) close = await listen(port, '127.0.0.1');
      return false;
    });
    onTestFinished(proxy.close);
    const args = ['stack', 'up', '--image', 'redis:8', '--port', String(port)];
    const run = await sandbox.run([...args, '--json'], { DOCKER_HOST: proxy.host });
    close();
    expect(run.exitCode).toBe(5);
    expect(documentOf(run).error).toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining(`Port ${String(port)} was taken while the container started.`) as string,
      hint: 'Free it, or run the same command with another port.',
      details: { port },
    });
    expect(await sandbox.things()).toEqual(['network redisdemo', DATA]);
    await succeeds(args);
  });

  test('a container that ends at once: 1, its exit code and its last lines', async () => {
    const run = await sandbox.run(['stack', 'up', '--image', 'redisdemo-test/crash:8', '--port', 'auto']);
    expect({ exitCode: run.exitCode, stdout: run.stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(run.stderr).toMatch(
      /Error: Waited \S+ m?s for Redis at 127\.0\.0\.1:\d+\. Last answer: the container redisdemo-stack has ended with exit code 1\.\n {2}Its last lines:\n {2}# Fatal error loading the DB, check server logs\. Exiting\.\n/,
    );
    expect(run.stderr).toMatch(/→ .* run the same command again, or clean up with: redisdemo stack down\n$/);
    expect(documentOf(await sandbox.run(['stack', 'status', '--json'])).data).toMatchObject({ state: 'partial' });

    const other = documentOf(await sandbox.run([...UP, '--json'])).error;
    expect(other).toMatchObject({
      code: 'differs',
      message: expect.stringContaining('image: is redisdemo-test/crash') as string,
    });
    for (const args of commandsIn(other?.hint ?? '')) await succeeds(args);
    await succeeds(UP);
  });

  test('a Redis that never answers: 6 at the limit, with the last answer; then the same container goes on', async () => {
    const args = ['stack', 'up', '--image', 'redisdemo-test/silent:8', '--port', 'auto', '--timeout', '1s'];
    const { exitCode, stderr } = await sandbox.run(args);
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(
      /Error: Waited \S+ s for Redis at 127\.0\.0\.1:\d+\. Last answer: .+\.\n→ .*redisdemo stack down\n$/,
    );
    const { error } = documentOf(await sandbox.run([...args, '--json']));
    expect(error).toMatchObject({ code: 'timeout', details: { limitMs: 1000 } });
  });

  test('a Redis that loads its data: 6 at the limit, and that it is loading', async () => {
    const { exitCode, stderr } = await sandbox.run([
      'stack',
      'up',
      '--image',
      'redisdemo-test/loading:8',
      '--port',
      'auto',
      '--timeout',
      '20s',
    ]);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('Last answer: LOADING Redis is loading the dataset in memory.');
  });

  test('a container that its own health check calls unhealthy is not ready', async () => {
    await succeeds(['stack', 'up', '--image', 'redisdemo-test/unhealthy:8', '--port', 'auto']);
    await until(async () => {
      const { data } = documentOf(await sandbox.run(['stack', 'status', '--json']));
      expect(data).toMatchObject({ state: 'partial', reason: 'the health check of redisdemo-stack says: not well' });
    });
  });

  test('no JSON module: 3, each time, and the commands that the hint names work', async () => {
    const withoutJson = ['stack', 'up', '--image', 'redisdemo-test/no-json:8', '--port', 'auto', '--json'];
    const run = await sandbox.run(withoutJson);
    expect(run.exitCode).toBe(3);
    expect((await sandbox.run(withoutJson)).exitCode).toBe(3);
    const { data } = documentOf(await sandbox.run(['stack', 'status', '--json']));
    expect(data).toMatchObject({ state: 'partial', reason: expect.stringContaining('no JSON module') as string });
    const { error } = documentOf(run);
    expect(error).toMatchObject({
      code: 'json_module_missing',
      message: expect.stringMatching(/^This Redis has no JSON module: ERR unknown command 'JSON\.GET'/) as string,
      hint: expect.stringContaining('redisdemo stack down && redisdemo stack up --image redis:8') as string,
    });
    const [down = [], up = []] = commandsIn(error?.hint ?? '');
    await succeeds(down);
    await succeeds([...up, '--port', 'auto']);
  });

  test('no Search: it works, and the consequence is said', async () => {
    const { exitCode, stdout, stderr } = await sandbox.run([
      'stack',
      'up',
      '--image',
      'redisdemo-test/no-search:8',
      '--port',
      'auto',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Redis is ready');
    expect(stderr).toContain(
      "! Search is missing: the service works, the tutorial's queries do not (ERR unknown command",
    );
    await sandbox.clear();
    const { data } = await succeeds(['stack', 'up', '--image', 'redisdemo-test/no-search:8', '--port', 'auto']);
    expect(data?.warning).toContain('Search is missing');
  });

  test('an image for another architecture: said before the container starts', async () => {
    const { exitCode, stderr } = await sandbox.run([
      'stack',
      'up',
      '--image',
      'redisdemo-test/other-architecture:8',
      '--port',
      'auto',
    ]);
    const [other, own] = process.arch === 'arm64' ? ['amd64', 'arm64'] : ['arm64', 'amd64'];
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      new RegExp(`! redisdemo-test/other-architecture:8 is for ${other}, this engine is ${own}[^]*✓ start container`),
    );
  });

  test('a stack with other settings: 5, field by field, and it stays as it is', async () => {
    await succeeds(UP);
    const before = await sandbox.docker('inspect', 'redisdemo-stack');
    const run = await sandbox.run(['stack', 'up', '--port', 'auto', '--insight-port', '1234', '--json']);
    expect(run.exitCode).toBe(5);
    const { error } = documentOf(run);
    expect(error).toMatchObject({ code: 'differs', hint: 'Take it away first; its data stays: redisdemo stack down' });
    expect(error?.message.split('\n')).toEqual([
      'The container redisdemo-stack exists with other settings.',
      'image: is redis:8, asked for redis/redis-stack',
      'ports: is not set, asked for 1234:8001',
      'env REDIS_ARGS: is not set, asked for --appendonly yes',
      'command: is redis-server --appendonly yes, asked for not set',
    ]);
    expect(await sandbox.docker('inspect', 'redisdemo-stack')).toBe(before);
  });

  test.each([
    ['container', ['create', '--name', 'redisdemo-stack', 'redis:8'], UP],
    ['container', ['create', '--name', 'redisdemo-service', 'redis:8'], ['deploy', 'container', '--db', 'memory']],
    ['container', ['create', '--name', 'redisdemo-insight', 'redis:8'], ['insight', 'up', '--accept-terms']],
    ['container', ['create', '--name', 'redisdemo-stack-secrets-handover', 'redis:8'], [...UP, '--password']],
    ['network', ['network', 'create', 'redisdemo'], UP],
    ['volume', ['volume', 'create', 'redisdemo-stack-data'], UP],
    ['volume', ['volume', 'create', 'redisdemo-stack-secrets'], [...UP, '--password']],
  ])('a %s that somebody else made stays as it is: %j', async (kind, make, args) => {
    await sandbox.docker(...make);
    const name = make.find((word) => word.startsWith('redisdemo')) ?? '';
    const before = await sandbox.docker(kind, 'inspect', name);
    const run = await sandbox.run([...args, '--json']);
    expect(run.exitCode).toBe(5);
    expect(documentOf(run).error).toMatchObject({
      code: 'foreign',
      message: `There is a ${kind} ${name} that redisdemo did not create. It was left alone.`,
      hint:
        kind === 'container'
          ? `Rename or remove the container ${name} yourself, then run the same command again.`
          : `If nobody needs it, remove it, then run the same command again: docker ${kind} rm ${name}`,
    });
    await sandbox.run(['down', '--volumes', '--yes']);
    expect(await sandbox.docker(kind, 'inspect', name)).toBe(before);
  });

  test('a container of somebody else that was made from our image is not ours', async () => {
    const image = (JSON.parse((await sandbox.run(['image', 'build', '--json'])).stdout) as { data: { image: string } })
      .data.image;
    await sandbox.docker('create', '--name', 'redisdemo-service', image);
    const { exitCode } = await sandbox.run(['deploy', 'container', '--db', 'memory']);
    expect(exitCode).toBe(5);
    await sandbox.run(['destroy', 'container']);
    expect(await sandbox.things()).toContain('container redisdemo-service');
  });

  test('down takes away what is ours beside what is not, and says both: 5', async () => {
    await succeeds(['stack', 'up', '--image', 'redis:8', '--port', 'auto']);
    await sandbox.docker('create', '--name', 'redisdemo-insight', 'redis:8');
    const run = await sandbox.run(['down', '--json']);
    expect(run.exitCode).toBe(5);
    expect(documentOf(run).error).toMatchObject({ code: 'foreign', hint: expect.stringContaining('Rename') as string });
    expect(run.stderr).toContain('removed container redisdemo-stack');
    expect(await sandbox.things()).toEqual(['container redisdemo-insight', 'volume redisdemo-stack-data']);
  });

  test('up finds a taken port of the service before it makes a database: 5', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const port = String((server.address() as AddressInfo).port);
    const { exitCode, stderr } = await sandbox.run(['up', '--db', 'stack', '--on', 'local', '--port', port]);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('Nothing was created.');
    expect(await sandbox.things()).toEqual([]);
  });

  test('the data of an earlier run is there again, with a password or without', async () => {
    const store = async (work: (redis: Redis) => Promise<unknown>, args: readonly string[]): Promise<unknown> => {
      const { data } = await succeeds(args);
      const env = JSON.parse((await sandbox.run(['env', '--reveal', '--shell', 'json'])).stdout) as Record<
        string,
        string
      >;
      const password = env['REDISPASS'];
      const redis = new Redis({ port: data?.port ?? 0, ...(password !== undefined && { password }), protocol: 2 });
      const result = await work(redis);
      redis.disconnect();
      return result;
    };
    await store((redis) => redis.set('kept', 'yes'), UP);
    await succeeds(['stack', 'down']);
    expect(await store((redis) => redis.get('kept'), [...UP, '--password'])).toBe('yes');
    await succeeds(['stack', 'down']);
    expect(await store((redis) => redis.get('kept'), UP)).toBe('yes');
  });

  test('a password of an earlier run that is not known here any more: 5, and the way out', async () => {
    await succeeds([...UP, '--password']);
    await sandbox.run(['stack', 'down']);
    await succeeds([...UP, '--password']);
    await rm(join(sandbox.home, 'secrets/stack-password'));
    const run = await sandbox.run([...UP, '--password', '--json']);
    expect(run.exitCode).toBe(5);
    expect(documentOf(run).error).toMatchObject({
      code: 'password_differs',
      hint: 'Remove it first; the data stays: redisdemo stack down',
    });
    await succeeds(['stack', 'down']);
    await succeeds([...UP, '--password']);
  });

  test('Ctrl-C in a wait: 130 at once, what is left, and both ways on from there', async () => {
    const args = ['stack', 'up', '--image', 'redisdemo-test/silent:8', '--port', 'auto', '--password'];
    const child = sandbox.start(args);
    for await (const chunk of child.stderr) if (String(chunk).includes('start container')) break;
    child.kill('SIGINT');
    // Not 6, as at the limit of the wait, which nothing else ends.
    expect((await child).exitCode).toBe(130);

    await succeeds(['stack', 'down']);

    const again = sandbox.start([
      'stack',
      'up',
      '--image',
      'redisdemo-test/silent:8',
      '--port',
      'auto',
      '--password',
      '--json',
    ]);
    await until(async () => {
      expect(await sandbox.things()).toContain('container redisdemo-stack');
    });
    again.kill('SIGTERM');
    const { exitCode: terminated, stdout } = await again;
    expect(terminated).toBe(143);
    expect((JSON.parse(stdout) as Document).error).toMatchObject({ code: 'terminated' });
    await succeeds(['stack', 'down', '--volumes', '--yes']);
    expect(await sandbox.things()).toEqual([]);
  });

  test('Ctrl-C says what the command has made so far', async () => {
    const child = sandbox.start(['stack', 'up', '--image', 'redisdemo-test/silent:8', '--port', 'auto', '--json']);
    await until(async () => {
      expect(await running()).toContain('/redisdemo-stack');
    });
    child.kill('SIGINT');
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(130);
    const left = ['network redisdemo', DATA, 'container redisdemo-stack'];
    expect((JSON.parse(stdout) as Document).error).toEqual({
      code: 'interrupted',
      message: `Interrupted. Left so far: ${left.join(', ')}.`,
      hint: 'Continue with the same command, or clean up with: redisdemo stack down',
      details: { left },
    });
  });

  test('an engine that dies in a wait ends it at once: 3; back again, the same command goes on', async () => {
    const child = sandbox.start(['stack', 'up', '--image', 'redisdemo-test/silent:8', '--port', 'auto']);
    await until(async () => {
      expect(await running()).toContain('/redisdemo-stack');
    });
    await sandbox.engine.kill();
    const { exitCode, stderr } = await child;
    await sandbox.engine.restart();
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /Error: No Docker engine answers at unix:\S+ \(from DOCKER_HOST\): [a-z ]+ \(E[A-Z]+\)\.\n→ Start Docker/,
    );
    await succeeds(['stack', 'down']);
    await succeeds(UP);
  });
});
