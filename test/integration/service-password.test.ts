/** The password of the service's container is another one by now: the same command hands it over. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../support/docker.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;

describe.skipIf(ownEngineMissing !== undefined)(`the service's password${skipped(ownEngineMissing)}`, () => {
  beforeAll(async () => {
    sandbox = await openSandbox();
  });
  afterAll(() => sandbox.close());

  test('that was wrong is corrected by the same command with the right one, and so is a wrong user', async () => {
    const up = await sandbox.run(['stack', 'up', '--image', 'redis:8', '--port', 'auto', '--password']);
    expect(up.exitCode).toBe(0);
    const shown = await sandbox.run(['env', '--reveal', '--shell', 'json']);
    const { REDISPASS = '' } = JSON.parse(shown.stdout) as Record<string, string>;
    const format = '{{.NetworkSettings.Networks.redisdemo.IPAddress}}';
    // Both this machine and a container reach it there.
    const address = (await sandbox.docker('inspect', '--format', format, 'redisdemo-stack')).trim();
    const deploy = ['deploy', 'container', '--db', 'url', '--port', String(await freePort())];
    const env = { REDISHOST: address, REDISPORT: '6379', REDISPASS };
    const runs = [
      await sandbox.run(deploy, { ...env, REDISPASS: 'wrong' }),
      await sandbox.run(deploy, env),
      await sandbox.run(deploy, { ...env, REDISUSER: 'nobody' }),
      await sandbox.run(deploy, env),
    ];
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([4, 0, 4, 0]);
    await sandbox.clear();
  });
});
