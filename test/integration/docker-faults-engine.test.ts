/** There is no engine, or what is there does not behave as one. */
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { BIN, cli, startCli, withFolder, type CliRun } from '../support/cli.ts';
import { startEngineProxy } from '../fakes/engine-proxy.ts';
import { freePort } from '../fakes/redis-server.ts';

const START =
  'Start Docker (Docker Desktop, Colima, OrbStack, or: sudo systemctl start docker), or correct or unset DOCKER_HOST.';
const NOBODY = 65_534;

interface Refused {
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string; readonly details: unknown };
}

/** Both forms of the same refusal. */
async function refusedBy(host: string, args = ['stack', 'up']): Promise<CliRun & { readonly document: Refused }> {
  return withFolder(async (folder) => {
    const settings = (home: string) => ({ env: { DOCKER_HOST: host, REDISDEMO_HOME: join(folder, home) } });
    const [words, json] = await Promise.all([cli(args, settings('one')), cli([...args, '--json'], settings('two'))]);
    expect(json).toMatchObject({ exitCode: words.exitCode, stderr: '' });
    expect(words.stdout).toBe('');
    return { ...words, document: JSON.parse(json.stdout) as Refused };
  });
}

const silent = createServer();

/** Its address. */
async function silentEngine(): Promise<string> {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  return `tcp://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
}

test.each([
  ['no socket', 'unix:///no/such/docker.sock', 'the socket does not exist (ENOENT)'],
  ['a port that nobody listens on', 'tcp://127.0.0.1:PORT', 'nothing listens there (ECONNREFUSED)'],
  [
    'a host that does not exist',
    'tcp://no-such-host.invalid:2375',
    /the name cannot be resolved \(E(?:NOTFOUND|AI_AGAIN)\)/,
  ],
])('%s: exit 3, with the endpoint tried and the way out', async (_what, template, reason) => {
  const host = template.replace('PORT', String(await freePort()));
  const { exitCode, stderr, document } = await refusedBy(host);
  expect(exitCode).toBe(3);
  expect(stderr.replace(reason, 'REASON')).toBe(
    `Error: No Docker engine answers at ${host} (from DOCKER_HOST): REASON.\n→ ${START}\n`,
  );
  expect(document).toMatchObject({
    ok: false,
    error: { code: 'docker_missing', hint: START, details: { url: host, source: 'DOCKER_HOST' } },
  });
});

test.each(['stack status', 'stack logs', 'stack down', 'env', 'image build'])(
  'without an engine, %s says so too',
  async (command) => {
    const { exitCode, stderr } = await refusedBy('unix:///no/such/docker.sock', command.split(' '));
    expect(exitCode).toBe(3);
    expect(stderr).toContain('No Docker engine answers at unix:///no/such/docker.sock');
  },
);

test('without an engine, status and down say so, and see to the service that needs none', async () => {
  await withFolder(async (folder) => {
    const settings = { env: { DOCKER_HOST: 'unix:///no/such/docker.sock', REDISDEMO_HOME: join(folder, 'home') } };
    const port = String(await freePort());
    const up = await cli(['up', '--db', 'memory', '--on', 'local', '--port', port], settings);
    expect(up.exitCode).toBe(0);
    const status = await cli(['status'], settings);
    expect(status.exitCode).toBe(3);
    expect(status.stdout).toMatch(/stack +unknown +No Docker engine answers/);
    expect(status.stdout).toMatch(/local +ready\n/);
    const down = await cli(['down'], settings);
    expect(down.exitCode).toBe(3);
    expect(down.stdout).toBe(`Removed: process at http://127.0.0.1:${port}.\n`);
    expect(down.stderr).toContain('Error: No Docker engine answers at unix:///no/such/docker.sock');
    expect((await cli(['status'], settings)).stdout).toMatch(/local +absent\n/);
  });
});

test('a socket that we may not use: exit 4, and how to be let in', async () => {
  await withFolder(async (folder) => {
    const proxy = createServer().listen(join(folder, 'docker.sock'));
    await once(proxy, 'listening');
    onTestFinished(() => void proxy.close());
    await chmod(folder, 0o755);
    await chmod(join(folder, 'docker.sock'), 0o600);
    const { exitCode, stdout, stderr } = await execa(process.execPath, [BIN, 'stack', 'up'], {
      ...(process.getuid?.() === 0 && { uid: NOBODY, gid: NOBODY }),
      cwd: '/',
      env: { DOCKER_HOST: `unix://${folder}/docker.sock`, REDISDEMO_HOME: join(folder, 'home') },
      extendEnv: false,
      reject: false,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain(
      `Permission denied for the Docker engine at unix://${folder}/docker.sock (from DOCKER_HOST).`,
    );
    expect(stderr).toContain('usermod -aG docker');
  });
});

test.each<[string, (response: ServerResponse) => void, string]>([
  ['answers 500', (to) => to.writeHead(500).end('{"message":"dial unix docker.raw.sock: no such file"}'), 'dial unix'],
  ['is a page with an error', (to) => to.writeHead(502).end('Bad\ngateway'), 'Bad.'],
  ['is another web server', (to) => to.end('<!doctype html><title>Hello</title>'), 'what answers there is no Docker'],
  ['is yet another one', (to) => to.writeHead(404).end('nothing here'), 'what answers there is no Docker engine'],
  ['answers with JSON of its own', (to) => to.end('{"version":1}'), 'what answers there is no Docker engine'],
])('what %s is no engine: exit 3', async (_what, answer, reason) => {
  const engine = await startEngineProxy(undefined, (_request, response) => {
    answer(response);
    return true;
  });
  onTestFinished(engine.close);
  const { exitCode, stderr, document } = await refusedBy(engine.host);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(`No Docker engine answers at ${engine.host} (from DOCKER_HOST): ${reason}`);
  expect(document.error.code).toBe('docker_missing');
});

test('what does not speak HTTP is no engine', async () => {
  const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { exitCode, stderr } = await refusedBy(`tcp://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('Parse Error');
});

test('an engine that accepts and never answers has 10 s, for which a Ctrl-C does not wait', async () => {
  const host = await silentEngine();
  const asked = once(silent, 'connection');
  const child = startCli(['stack', 'up'], { env: { DOCKER_HOST: host } });
  await asked;
  child.kill('SIGINT');
  const later = refusedBy(host);
  expect(await Promise.race([child.then(() => 'the interrupted'), later.then(() => 'the later')])).toBe(
    'the interrupted',
  );
  const interrupted = await child;
  expect(interrupted.exitCode).toBe(130);
  expect(interrupted.stderr).toContain('Error: Interrupted. Nothing was made.\n');

  const { exitCode, stderr, document } = await later;
  expect(exitCode).toBe(3);
  expect(stderr).toContain('(from DOCKER_HOST): no answer within 10 s.');
  expect(document.error.code).toBe('docker_missing');
});

/** An engine that answers some requests so, and has nothing of what else it is asked for. */
async function engineWith(answers: Readonly<Record<string, (response: ServerResponse) => void>>) {
  const proxy = await startEngineProxy(undefined, (request, response) => {
    const name = request.split('?', 1)[0] ?? '';
    const answer = answers[name];
    if (answer) answer(response);
    else if (name.endsWith('/_ping')) response.writeHead(200, { 'api-version': '1.41' }).end('OK');
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"no such thing"}');
    return true;
  });
  onTestFinished(() => proxy.close());
  return proxy;
}

const json = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

test('an engine that cannot say whether there is a cluster is not one without: down asks before it deletes data', async () => {
  const proxy = await engineWith({ 'GET /containers/json': json(500, { message: 'disk trouble' }) });
  await withFolder(async (folder) => {
    const settings = { env: { DOCKER_HOST: proxy.host, REDISDEMO_HOME: join(folder, 'home') } };
    const { exitCode, stderr } = await cli(['down'], settings);
    expect(stderr).toContain('Confirmation needed: This deletes the data of Redis Enterprise.');
    expect(exitCode).toBe(2);
    expect(proxy.requests.filter((request) => !request.startsWith('GET'))).toEqual([]);
  });
});

test('a container of which the engine cannot say whether it is there is not called absent', async () => {
  const proxy = await engineWith({ 'GET /containers/redisdemo-service/json': json(500, { message: 'disk trouble' }) });
  const { exitCode, stderr, document } = await refusedBy(proxy.host, ['deploy', 'logs', 'container']);
  expect(stderr).toContain('redisdemo-service: disk trouble');
  expect(exitCode).toBe(1);
  expect(document.error.code).toBe('system_failed');
});

test("somebody else's container of the same name: its log is not shown", async () => {
  const stranger = {
    Id: 'x',
    State: { Status: 'running', Running: true, Paused: false, ExitCode: 0 },
    Config: { Labels: {} },
    NetworkSettings: { Networks: {} },
  };
  const proxy = await engineWith({ 'GET /containers/redisdemo-stack/json': json(200, stranger) });
  const { exitCode, stderr } = await refusedBy(proxy.host, ['stack', 'logs']);
  expect(stderr).toContain('docker logs --tail 50 redisdemo-stack');
  expect(exitCode).toBe(5);
  expect(proxy.requests.filter((request) => request.includes('/logs'))).toEqual([]);
});

test('what the engine cannot say whose it is stays, and is named: 9', async () => {
  const volume = '/volumes/redisdemo-stack-data';
  const proxy = await engineWith({
    [`GET ${volume}`]: json(500, { message: 'disk trouble' }),
    [`DELETE ${volume}`]: (response) => response.writeHead(204).end(),
  });
  await withFolder(async (folder) => {
    const settings = { env: { DOCKER_HOST: proxy.host, REDISDEMO_HOME: join(folder, 'home') } };
    const { exitCode, stderr } = await cli(['stack', 'down', '--volumes', '--yes'], settings);
    expect(stderr).toContain('Could not be removed: volume redisdemo-stack-data (');
    expect(stderr).toContain('disk trouble');
    expect(exitCode).toBe(9);
    expect(proxy.requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
  });
});
