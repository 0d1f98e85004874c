/** A reboot: every container has stopped, and what removes unused things may have run. `up` brings every stage back. */
import { Redis } from 'ioredis';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { freePort } from '../fakes/redis-server.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { runScript } from '../support/printed-script.ts';
import { listening } from '../support/sockets.ts';

const [redis, insight, service] = await Promise.all([freePort(), freePort(), freePort()]);
const STACK = ['stack', 'up', '--image', 'redis:8', '--port', String(redis)];
const UP = ['up', '--db', 'stack', '--on', 'container', '--port', String(service)];
const INSIGHT = ['insight', 'up', '--port', String(insight)];
const ALL = ['redisdemo-stack', 'redisdemo-service', 'redisdemo-insight'];

describe.skipIf(ownEngineMissing !== undefined)(`after a reboot${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let ask: Commands['ask'];
  let redisdemo: Commands['redisdemo'];
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ ask, redisdemo } = commandsIn(sandbox));
  });
  afterEach(() => sandbox.clear());
  afterAll(() => sandbox.close());

  async function withRedis<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis({ port: redis, host: '127.0.0.1' });
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  async function everyStage(): Promise<void> {
    await redisdemo(STACK);
    await redisdemo(UP);
    await redisdemo([...INSIGHT, '--accept-terms']);
    await withRedis((client) => client.set('kept', 'yes'));
  }

  async function isAsBefore(): Promise<void> {
    const { stages } = (await ask(['status'])) as { stages: readonly { name: string; state: string }[] };
    const ready = stages.filter(({ state }) => state === 'ready').map(({ name }) => name);
    expect(ready).toEqual(['stack', 'insight', 'container']);
    expect(await withRedis((client) => client.get('kept'))).toBe('yes');
  }

  test.each([
    ['the engine starts again', () => sandbox.engine.kill().then(() => sandbox.engine.restart())],
    ['`docker network prune` removes the network', () => sandbox.docker('network', 'prune', '--force')],
  ])('every stage comes back with up and its data when all containers have stopped and %s', async (_what, happens) => {
    await everyStage();
    await sandbox.docker('stop', '--time', '1', ...ALL);
    await happens();
    await redisdemo(STACK);
    await redisdemo(UP);
    await redisdemo(INSIGHT);
    await isAsBefore();
  });

  test('the network stays while a stopped container is on it, and the hint starts that one as it was', async () => {
    await redisdemo(STACK);
    await redisdemo(UP);
    await sandbox.docker('stop', '--time', '1', 'redisdemo-stack', 'redisdemo-service');
    await redisdemo(['destroy', 'container']);
    expect(await sandbox.things()).toContain('network redisdemo');
    expect((await sandbox.run(['env'])).stderr).toContain(`Start it with: redisdemo ${STACK.join(' ')}`);
    await redisdemo(STACK);
    await redisdemo(['stack', 'down']);
    expect(await sandbox.things()).not.toContain('network redisdemo');
  });

  test('RedisInsight comes back on a new network with other databases than before', async () => {
    await redisdemo(STACK);
    await redisdemo([...INSIGHT, '--accept-terms']);
    await sandbox.docker('stop', '--time', '1', 'redisdemo-stack', 'redisdemo-insight');
    await sandbox.docker('network', 'prune', '--force');
    expect(await ask(INSIGHT)).toMatchObject({ databases: [] });
    await redisdemo(STACK);
    expect(await ask(INSIGHT)).toMatchObject({ databases: ['redisdemo stack'] });
  });

  test('a running container that was taken off its network is attached again', async () => {
    await redisdemo(STACK);
    await redisdemo(UP);
    await sandbox.docker('network', 'disconnect', 'redisdemo', 'redisdemo-stack');
    const alone = await sandbox.run(['deploy', 'container', '--db', 'stack', '--port', String(service)]);
    expect(alone.exitCode).toBe(3);
    expect(alone.stderr).toContain('is not on the network redisdemo.');
    await redisdemo(STACK);
    expect(await ask(UP)).toMatchObject({ passed: true });
  });

  test('the printed script starts a stopped container on a new network too', async () => {
    const { stdout: script } = await redisdemo([...STACK, '--print']);
    await redisdemo(STACK);
    await sandbox.docker('stop', '--time', '1', 'redisdemo-stack');
    await sandbox.docker('network', 'prune', '--force');
    await runScript(sandbox, { shell: 'sh', script, env: {} });
    expect(await withRedis((client) => client.ping())).toBe('PONG');
  });

  test('a paused container is reported at once, with the command that continues it', async () => {
    await redisdemo(STACK);
    await sandbox.docker('pause', 'redisdemo-stack');
    // RedisInsight is not started without a database that only pauses.
    for (const command of [STACK, ['env'], UP, ['insight', 'up', '--accept-terms']]) {
      const { exitCode, stderr } = await sandbox.run(command);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 3,
        stderr: 'Error: The container redisdemo-stack is paused.\n→ Continue it with: docker unpause redisdemo-stack\n',
      });
    }
    expect(await ask(['stack', 'status'])).toMatchObject({
      state: 'partial',
      reason: 'paused; continue it with: docker unpause redisdemo-stack',
    });
    await sandbox.docker('unpause', 'redisdemo-stack');
    await redisdemo(STACK);
  });

  test('up finds the port of a stopped service container taken before it makes a database', async () => {
    await redisdemo(['deploy', 'container', '--db', 'memory', '--port', String(service)]);
    await sandbox.docker('stop', '--time', '1', 'redisdemo-service');
    await listening(createServer(), service);
    const { exitCode, stderr } = await sandbox.run(UP);
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`Port ${String(service)} is taken by node`);
    expect(await sandbox.things()).not.toContain('container redisdemo-stack');
  });
});
