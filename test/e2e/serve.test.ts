import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { cli, startCli } from '../support/cli.ts';
import { PATIENT } from '../support/patience.ts';

type Started = ReturnType<typeof startCli>;

/** Resolves with the data of the one document that `serve --json` prints once it listens. */
async function listening(serve: Started): Promise<{ url: string; pid: number; store: string }> {
  let text = '';
  for await (const chunk of serve.stdout) {
    text += String(chunk);
    if (text.endsWith('\n}\n')) return (JSON.parse(text) as { data: { url: string; pid: number; store: string } }).data;
  }
  throw new Error(`serve ended before it listened: ${(await serve).stderr}`);
}

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
    const { url, store } = await listening(serve);
    expect(store).toBe('memory');
    expect(await (await fetch(`${url}/users/1`)).json()).toMatchObject({ name: 'Paul John' });
    serve.kill(signal);
    expect((await serve).exitCode).toBe(code);
    expect(await refuses(url)).toBe(true);
  });

  it('leaves no service behind when it is killed', async () => {
    const serve = startCli(['serve', '--port', '0', '--json']);
    const { url, pid } = await listening(serve);
    serve.kill('SIGKILL');
    await serve;
    await expect.poll(() => refuses(url), PATIENT).toBe(true);
    await expect.poll(() => isAlive(pid), PATIENT).toBe(false);
  });

  it('a taken port is a conflict that names the owner', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await cli(['serve', '--port', String(port)]);
    server.close();
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain(`Port ${String(port)} is taken by node (pid ${String(process.pid)})`);
    expect(stderr).toContain(`redisdemo serve --port ${String(port + 1)}`);
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
