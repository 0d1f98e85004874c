/** The user that the service has on Redis Enterprise: it may do what the service does, which is watched, and no more. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { APP_ACL } from '../../src/databases/enterprise/bdb/app-user.ts';
import { commandsIn } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { startProxy } from '../fakes/redis-proxy.ts';
import { freePort } from '../fakes/redis-server.ts';
import { readCommand } from '../fakes/resp.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

const { port, options } = await enterprisePorts();

describe.skipIf(ownEngineMissing !== undefined)(`the user of the service${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox();
    await commandsIn(sandbox).redisdemo(['enterprise', 'up', ...options, '--user', 'app']);
  });
  afterAll(() => sandbox.close());

  const passwordOf = (name: string): Promise<string> => readFile(join(sandbox.home, 'secrets', name), 'utf8');
  const connect = async (username: string, file: string): Promise<Redis> => {
    const password = await passwordOf(file);
    const redis = new Redis({
      ...{ host: '127.0.0.1', port, username, password },
      ...{ enableReadyCheck: false, retryStrategy: () => null },
    });
    redis.on('error', () => undefined); // a refused login is what a test expects
    onTestFinished(() => {
      redis.disconnect();
    });
    return redis;
  };

  it('is what the service is given', async () => {
    const { ask } = commandsIn(sandbox);
    expect((await ask(['env', '--db', 'enterprise']))['variables']).toMatchObject({ REDISUSER: 'app' });
    const servicePort = await freePort();
    for (const target of ['local', 'container']) {
      const deploy = ['deploy', target, '--db', 'enterprise', '--port', String(servicePort)];
      expect(await ask(deploy)).toMatchObject({ passed: true });
      await ask(['destroy', target]);
    }
  });

  it('may call what the service and its smoke test call, and nothing else', async () => {
    const called = new Set<string>();
    const proxyPort = await freePort();
    const proxy = await startProxy({
      ...{ host: '127.0.0.1', port: proxyPort, serverPort: port },
      translate: (request) => {
        called.add(String(readCommand(request)[0]).toLowerCase());
        return { request, answer: (reply) => reply };
      },
    });
    onTestFinished(proxy.close);
    const servicePort = await freePort();
    const file = join(sandbox.home, 'secrets', 'enterprise-app-password');
    const redis = ['--redis-host', '127.0.0.1', '--redis-port', String(proxyPort), '--redis-user', 'app'];
    const deploy = ['deploy', 'local', '--db', 'url', ...redis, '--redis-password-file', file];
    const { ask } = commandsIn(sandbox);
    expect(await ask([...deploy, '--port', String(servicePort)])).toMatchObject({ passed: true });
    await ask(['destroy', 'local']);
    // AUTH needs no right.
    called.delete('auth');
    // With PING, redisdemo checks that the user is known.
    called.add('ping');
    const granted = APP_ACL.split(' ').flatMap((rule) => /^\+(.*)/.exec(rule)?.[1] ?? []);
    expect([...called].sort()).toEqual(granted.sort());
  });

  it('may not do anything else, nor touch other keys', async () => {
    const redis = await connect('app', 'enterprise-app-password');
    expect(await redis.ping()).toBe('PONG');
    expect(await redis.call('JSON.GET', 'user:1')).toContain('Paul');
    for (const command of [
      ['FLUSHALL'],
      ['KEYS', '*'],
      ['CONFIG', 'GET', '*'],
      ['JSON.GET', 'other:1'],
      ['GET', 'user:1'],
    ]) {
      const [name = '', ...args] = command;
      await expect(redis.call(name, ...args)).rejects.toThrow('NOPERM');
    }
  });

  it('is alone: the default user is shut out', async () => {
    const redis = await connect('default', 'enterprise.redisdemo-password');
    await expect(redis.ping()).rejects.toThrow();
  });
});
