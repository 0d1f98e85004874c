import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { cli, startCli, untilListening } from '../support/cli.ts';
import { redisMissing, startRedis } from '../fakes/redis-server.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { listening } from '../support/sockets.ts';

async function refuses(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

describe('serve', () => {
  it.each([
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ] as const)('%s stops the service and ends with %d', async (signal, code) => {
    const serve = startCli(['serve', '--port', '0', '--json']);
    const { url, store } = await untilListening(serve);
    expect(store).toBe('memory');
    expect(await (await fetch(`${url}/users/1`)).json()).toMatchObject({ name: 'Paul John' });
    serve.kill(signal);
    expect((await serve).exitCode).toBe(code);
    expect(await refuses(url)).toBe(true);
  });

  it('leaves no service behind when it is killed', async () => {
    const serve = startCli(['serve', '--port', '0', '--json']);
    const { url, pid } = await untilListening(serve);
    serve.kill('SIGKILL');
    await serve;
    await expect.poll(() => refuses(url), LONG_WAIT).toBe(true);
    await expect.poll(() => isAlive(pid), LONG_WAIT).toBe(false);
  });

  it('a taken port is a conflict that names the owner', async () => {
    const port = await listening(createServer());
    const { exitCode, stdout, stderr } = await cli(['serve', '--port', String(port)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain(`Port ${String(port)} is taken by node (pid ${String(process.pid)})`);
    expect(stderr).toMatch(/→ Free it, or choose another port: redisdemo serve --port \d+\n/);
  });

  it('a host that is no address of this machine: the hint has the flag', async () => {
    const { exitCode, stderr } = await cli(['serve', '--port', '0', '--host', 'no-such-host.invalid']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/→ Give an address of this machine: redisdemo serve --host ADDRESS, or LISTEN_HOST\n$/);
  });

  it.skipIf(redisMissing !== '')(`a Redis without JSON: what to take is the next step${redisMissing}`, async () => {
    const redis = await startRedis();
    const host = ['--redis-host', redis.host, '--redis-port', String(redis.port)];
    const { exitCode, stderr } = await cli(['serve', '--port', '0', ...host]);
    await redis.stop();
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /^Error: Redis has no JSON module \(RedisJSON\), which this service needs\.\n→ Take redis:8, redis\/redis-stack, or .*\n$/m,
    );
  });

  it('--redis-tls is yes or no, and what the service takes for it', async () => {
    const env = (word: string) => cli(['env', '--db', 'url', '--redis-host', 'h', '--redis-tls', word]);
    expect((await env('maybe')).stderr).toContain('The value of --redis-tls is not valid. It must be yes or no.');
    for (const word of ['yes', 'true', 'on', '1']) expect((await env(word)).stdout).toContain('REDISTLS');
  });

  it('a wrong setting of the service is a usage error with its name', async () => {
    const { exitCode, stderr } = await cli(['serve', '--port', '0'], { env: { BODY_LIMIT: 'lots' } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('BODY_LIMIT must be a whole number');
  });

  it('an unreadable password file is a usage error, and no secret is shown', async () => {
    const { exitCode, stderr } = await cli(
      ['serve', '--port', '0', '--redis-host', '127.0.0.1', '--redis-password-file', '/nonexistent'],
      { env: { REDISPASS: 'canary-7f3a' } },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'The file of --redis-password-file (REDISPASS_FILE) cannot be read: there is no such file.',
    );
    expect(stderr).not.toContain('canary-7f3a');
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
