/** What listens is not the Redis that the settings describe: the log says which it is, and the setting to change. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { certify, opensslMissing } from '../support/certify.ts';
import { redisMissing, startRedis } from '../fakes/redis-server.ts';
import { PATIENT } from '../support/patience.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { expectAway, expectRecovery } from './away.ts';
import { ask, getUser, putUser, userText } from './requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from './started.ts';

async function listening(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return String((server.address() as AddressInfo).port);
}

async function reasonOf(service: ServiceProcess): Promise<string> {
  expectAway([await getUser(service, '1')]);
  await expect
    .poll(() => logged(service, /cannot be used: .*(?:check|set|does not speak)/).length, PATIENT)
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

/** With a certificate that nobody trusts. */
function tlsOptions() {
  const dir = newDir();
  certify(dir, 'ca');
  certify(dir, 'server', 'IP:127.0.0.1');
  return { cert: readFileSync(join(dir, 'server.pem')), key: readFileSync(join(dir, 'server-key.pem')) };
}

const http = () => createHttpServer((_request, response) => response.end('hello'));

describe.skipIf(redisMissing + opensslMissing !== '')(`at REDISPORT listens${redisMissing}${opensslMissing}`, () => {
  test.each(['false', 'true'])('an HTTP server, with REDISTLS=%s', async (REDISTLS) => {
    const service = await serviceWith({ REDISHOST: '127.0.0.1', REDISPORT: await listening(http()), REDISTLS });
    expect(await reasonOf(service)).toMatch(/it is an HTTP server, not Redis: check REDISHOST and REDISPORT$/);
  });

  test('a Redis with TLS only', async () => {
    const redis = await startRedis({ password: 'secret' });
    onTestFinished(() => redis.stop());
    const front = createTlsServer(tlsOptions(), (client) => {
      const server = connect(redis.port, redis.host);
      server.on('error', () => client.destroy());
      client.on('error', () => server.destroy()).on('close', () => server.destroy());
      client.pipe(server).pipe(client);
    });
    const service = await serviceWith({
      REDISHOST: '127.0.0.1',
      REDISPORT: await listening(front),
      REDISPASS: 'secret',
    });
    expect(await reasonOf(service)).toMatch(/it is Redis with TLS only: set REDISTLS=true/);
  });

  test('a Redis without TLS, and REDISTLS=true', async () => {
    const redis = await redisWith({ password: 'secret' });
    const service = await serviceWith({ ...redis.env, REDISTLS: 'true' });
    expect(await reasonOf(service)).toMatch(/it is Redis without TLS: set REDISTLS=false/);
  });

  test('something else', async () => {
    const stranger = createServer((socket) => socket.on('data', () => socket.write('what?\r\n')));
    const service = await serviceWith({ REDISHOST: '127.0.0.1', REDISPORT: await listening(stranger) });
    expect(await reasonOf(service)).toMatch(/does not speak as Redis does$/);
  });
});

describe.skipIf(redisMissing !== '')(`a Redis that sends a byte now and then${redisMissing}`, () => {
  const IMPATIENT = { REDIS_REPLY_TIMEOUT_MS: '500', REDIS_SILENCE_MS: '400' };

  test('is answered for with 503, and left for a connection on which replies come whole', async () => {
    const redis = await redisWith();
    let drips = true;
    const front = createServer((client) => {
      const server = connect(redis.port, redis.host);
      client.on('error', () => server.destroy()).on('close', () => server.destroy());
      client.pipe(server);
      if (!drips) {
        server.on('error', () => client.destroy()).pipe(client);
        return;
      }
      client.write('$1000000\r\n');
      const drip = setInterval(() => client.write('x'), 100);
      client.on('close', () => {
        clearInterval(drip);
      });
    });
    const service = await serviceWith({ ...redis.env, REDISPORT: await listening(front), ...IMPATIENT });
    expectAway([await getUser(service, '1')]);
    expect((await ask(service, '/health')).status).toBe(503);
    drips = false;
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
