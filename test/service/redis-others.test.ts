/** What listens is not the Redis that the settings describe: the log says which it is, and the setting to change. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redisMissing, startRedis } from '../fakes/redis-server.ts';
import { certificates, opensslMissing } from '../support/certificates.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { joinSockets, listening } from '../support/sockets.ts';
import { expectAway, expectRecovery } from '../support/redis-outage.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from '../support/test-processes.ts';

async function variablesOf(server: Server): Promise<{ REDISHOST: string; REDISPORT: string }> {
  return { REDISHOST: '127.0.0.1', REDISPORT: String(await listening(server)) };
}

async function reasonOf(service: ServiceProcess): Promise<string> {
  expectAway([await getUser(service, '1')]);
  await expect
    .poll(() => logged(service, /cannot be used: .*(?:check|set|does not speak)/).length, LONG_WAIT)
    .toBeGreaterThan(0);
  return logged(service, /cannot be used/).at(-1)?.message ?? '';
}

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'redisdemo-others-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  return dir;
}

const http = () => createHttpServer((_request, response) => response.end('hello'));

describe.skipIf(redisMissing + opensslMissing !== '')(`at REDISPORT listens${redisMissing}${opensslMissing}`, () => {
  const { pem } = certificates();

  test.each(['false', 'true'])('an HTTP server, with REDISTLS=%s', async (REDISTLS) => {
    const service = await serviceWith({ ...(await variablesOf(http())), REDISTLS });
    expect(await reasonOf(service)).toMatch(/it is an HTTP server, not Redis: check REDISHOST and REDISPORT$/);
  });

  test('a Redis with TLS only', async () => {
    const redis = await startRedis({ password: 'secret' });
    onTestFinished(() => redis.stop());
    const front = createTlsServer(
      { cert: readFileSync(pem('server')), key: readFileSync(pem('server-key')) },
      (client) => {
        joinSockets(client, connect(redis.port, redis.host));
      },
    );
    const service = await serviceWith({ ...(await variablesOf(front)), REDISPASS: 'secret' });
    expect(await reasonOf(service)).toMatch(/it is Redis with TLS only: set REDISTLS=true/);
  });

  test('a Redis without TLS, and REDISTLS=true', async () => {
    const redis = await redisWith({ password: 'secret' });
    const service = await serviceWith({ ...redis.env, REDISTLS: 'true' });
    expect(await reasonOf(service)).toMatch(/it is Redis without TLS: set REDISTLS=false/);
  });

  test('something else', async () => {
    const stranger = createServer((socket) => socket.on('data', () => socket.write('what?\r\n')));
    const service = await serviceWith(await variablesOf(stranger));
    expect(await reasonOf(service)).toMatch(/does not speak as Redis does$/);
  });
});

describe.skipIf(redisMissing !== '')(`a Redis that sends a byte now and then${redisMissing}`, () => {
  const IMPATIENT = { REDIS_REPLY_TIMEOUT_MS: '500', REDIS_SILENCE_MS: '400' };

  /** A megabyte at ten bytes a second: never silent, and never done. */
  function drip(client: Socket, server: Socket): void {
    server.unpipe(client);
    client.write('$1000000\r\n');
    const timer = setInterval(() => client.write('x'), 100);
    client.on('close', () => {
      clearInterval(timer);
    });
  }

  test('in the middle of its work is answered for with 503, and left for a connection on which replies come whole', async () => {
    const redis = await redisWith();
    const open = new Set<{ readonly client: Socket; readonly server: Socket }>();
    const front = createServer((client) => {
      const pair = { client, server: connect(redis.port, redis.host) };
      joinSockets(client, pair.server);
      open.add(pair);
      client.on('close', () => open.delete(pair));
    });
    const service = await serviceWith({ ...(await variablesOf(front)), ...IMPATIENT });
    await expectRecovery(service);
    // The connection that is in use from now on replies a byte at a time; another one would reply whole.
    for (const { client, server } of open) drip(client, server);
    const [user, health] = await Promise.all([getUser(service, '1'), ask(service, '/health')]);
    expectAway([user]);
    expect(health.status).toBe(503);
    await expectRecovery(service);
  });
});

describe.skipIf(redisMissing !== '')(`the password of Redis${redisMissing}`, () => {
  test('is read again for each connection: the file and the server change, the service goes on', async () => {
    const redis = await redisWith({ password: 'old' });
    const file = join(newDir(), 'password');
    writeFileSync(file, 'old\n');
    const { REDISHOST = '', REDISPORT = '' } = redis.env;
    const service = await serviceWith({ REDISHOST, REDISPORT, REDISPASS_FILE: file });
    await expectRecovery(service);
    const client = redis.client();
    await client.config('SET', 'requirepass', 'new');
    writeFileSync(file, 'new\n');
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expectRecovery(service);
    expect((await putUser(service, '5', userText())).status).toBe(200);
  });

  test('is refused: the log says what is odd about it, and nothing of it', async () => {
    const redis = await redisWith({ password: 's3cret' });
    const service = await serviceWith({ ...redis.env, REDISPASS: '"s3cret" ' });
    const [entry] = await untilLogged(service, /WRONGPASS/);
    expect(entry?.message).toMatch(/it begins or ends with white space/);
    expect(service.output()).not.toContain('s3cret');
  });
});
