/** How the service ends: no request fails, the process is gone, with the exit code that says why. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redisMissing } from '../fakes/redis-server.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { EXAMPLE } from '../support/redis-outage.ts';
import { userText } from '../support/user-requests.ts';
import { redisWith, serviceWith, untilLogged } from '../support/test-processes.ts';
import { openWire } from '../support/wire.ts';

const SERVER = fileURLToPath(new URL('../../dist/service/server.js', import.meta.url));
const GET_USER = 'GET /users/1 HTTP/1.1\r\nHost: service\r\n\r\n';

/** Asks without a pause: an idle connection is kept for half a second after the service refuses new ones. */
async function expectRefused(url: string): Promise<void> {
  const code = (): Promise<unknown> =>
    fetch(url).then(
      ({ status }) => status,
      (error: unknown) => ((error as Error).cause as NodeJS.ErrnoException).code,
    );
  await expect.poll(code, { ...LONG_WAIT, interval: 1 }).toBe('ECONNREFUSED');
}

/** Asks on one kept connection until the service refuses a new one; resolves with what went wrong before that. */
async function askUntilRefused(url: string, answered: () => void): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const faults: string[] = [];
  for (;;) {
    try {
      const { status, body } = await askOnce(`${url}/users/1`, agent);
      if (status !== 200 || body !== EXAMPLE) faults.push(`${String(status)} ${body}`);
      answered();
    } catch (error) {
      const { code = String(error), syscall } = error as NodeJS.ErrnoException;
      if (code !== 'ECONNREFUSED' || syscall !== 'connect') faults.push(code);
      agent.destroy();
      return faults;
    }
  }
}

async function askOnce(url: string, agent: Agent): Promise<{ status: number | undefined; body: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent }, resolve).on('error', reject);
  });
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, body };
}

/** Does something that ends the service, and sees it end with exit code 0. */
async function expectEnd(service: ServiceProcess, end: () => unknown): Promise<void> {
  end();
  expect(await service.exited).toEqual({ code: 0, signal: null });
}

describe('SIGTERM', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s under load over kept connections: no request fails', async (signal) => {
    const service = await serviceWith();
    let answers = 0;
    // So few that each comes to its next request soon, also on a slow machine.
    const clients = Array.from({ length: 8 }, () =>
      askUntilRefused(service.url, () => {
        answers++;
      }),
    );
    await expect.poll(() => answers, LONG_WAIT).toBeGreaterThan(200);
    await expectEnd(service, () => process.kill(service.pid, signal));
    expect((await Promise.all(clients)).flat()).toEqual([]);
    await untilLogged(service, /^stopped$/);
  });

  // Half a second is the service's own limit for it: a machine that was busy elsewhere for as long has another go.
  test('an idle connection brings one more request, and is told that it ends', { retry: 4 }, async () => {
    const service = await serviceWith();
    const wire = await openWire(service);
    wire.write(GET_USER);
    expect(await wire.until(/London"}$/)).not.toMatch(/connection: close/i);
    process.kill(service.pid, 'SIGTERM');
    await expectRefused(service.url);
    wire.write(GET_USER);
    await wire.closed;
    expect(wire.read()).toMatch(
      /^HTTP\/1\.1 200 [^]*London"}HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n[^]*London"}$/i,
    );
    expect(await service.exited).toEqual({ code: 0, signal: null });
    await untilLogged(service, /^SIGTERM: finishing what is in flight$/);
  });

  test('a request that never ends does not keep it alive', async () => {
    const service = await serviceWith();
    const wire = await openWire(service);
    wire.write('PUT /users/1 HTTP/1.1\r\nHost: service\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n');
    await wire.until(/^HTTP\/1\.1 100 Continue/); // it has the headers, and waits for the body
    await expectEnd(service, () => process.kill(service.pid, 'SIGTERM'));
  });

  test('a second and a third signal are harmless: what is in flight is finished', async () => {
    const service = await serviceWith();
    const wire = await openWire(service);
    const body = userText();
    wire.write('PUT /users/1 HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n');
    wire.write(`Content-Length: ${String(body.length)}\r\nExpect: 100-continue\r\n\r\n`);
    await wire.until(/^HTTP\/1\.1 100 Continue/);
    process.kill(service.pid, 'SIGTERM');
    await untilLogged(service, /^SIGTERM/);
    process.kill(service.pid, 'SIGTERM');
    process.kill(service.pid, 'SIGINT');
    await expectEnd(service, () => wire.write(body));
    expect(wire.read()).toMatch(/HTTP\/1\.1 200 [^]*true$/);
    await untilLogged(service, /finishing what is in flight/);
  });

  test.skipIf(redisMissing !== '').each(['kill', 'pause'] as const)(
    `it ends when Redis is away: %s${redisMissing}`,
    async (fault) => {
      const redis = await redisWith({ password: 'secret' });
      const service = await serviceWith(redis.env);
      await redis[fault]();
      const wire = await openWire(service);
      wire.write(GET_USER);
      await wire.until(/^HTTP\/1\.1 503 [^]*}$/);
      wire.write(GET_USER);
      await expectEnd(service, () => process.kill(service.pid, 'SIGTERM'));
      expect(wire.read()).toMatch(/}HTTP\/1\.1 503 [^]*}$/);
    },
  );
});

describe('the parent is gone', () => {
  test('the IPC channel closes: it stops', async () => {
    const service = await serviceWith();
    await expectEnd(service, () => {
      service.disconnect();
    });
    await untilLogged(service, /the parent process is gone/);
  });

  test.skipIf(redisMissing !== '')(`while it starts: it stops${redisMissing}`, async () => {
    const redis = await redisWith();
    redis.pause(); // the start waits for an answer
    const parent = spawn(process.execPath, ['-e', PARENT, SERVER], {
      env: redis.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    parent.kill('SIGKILL');
    await expectGone(Number(String(line).split(' ')[0]));
  });

  test('killed: it stops', async () => {
    const parent = spawn(process.execPath, ['-e', PARENT, SERVER], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    let said = '';
    parent.stdout.on('data', (text) => (said += String(text)));
    await expect.poll(() => said, LONG_WAIT).toMatch(/http/);
    const [pid = '', url = ''] = said.split(/\s+/);
    expect((await fetch(`${url}/users/1`)).status).toBe(200);
    parent.kill('SIGKILL');
    await expectGone(Number(pid));
    await expectRefused(url);
  });
});

/** Says the service's pid, and its URL once it listens. */
const PARENT = `
  const child = require('node:child_process').fork(process.argv[1], { env: { PORT: '0', ...process.env }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  console.log(child.pid);
  child.on('message', ({ url }) => console.log(url));
`;

async function expectGone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(0);
  const isAlive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(isAlive, LONG_WAIT).toBe(false);
}
