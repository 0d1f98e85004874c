/** A real Redis, or a server of another kind, at an address that does not fit the settings. */
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redisSystem } from '../../src/systems/redis/redis.ts';
import { freePort, redisMissing, startRedis } from '../fakes/redis-server.ts';
import { startTlsRedis, tlsMissing } from '../fakes/redis-tls.ts';
import { certificates, opensslMissing } from '../support/certificates.ts';
import { cli } from '../support/cli.ts';
import { startService } from '../support/service-process.ts';
import { joinSockets, listening } from '../support/sockets.ts';

type Variables = Readonly<Record<string, string>>;

const files = certificates();

/** @param clients yes: only those with a certificate */
async function tlsRedis(clients: 'yes' | 'no'): Promise<Variables> {
  const redis = await startTlsRedis(files, { demandsCertificate: clients === 'yes' });
  onTestFinished(() => redis.stop());
  return { REDISHOST: redis.host, REDISPORT: String(redis.port) };
}

async function plainRedis(): Promise<Variables> {
  const redis = await startRedis({});
  onTestFinished(() => redis.stop());
  return { REDISHOST: redis.host, REDISPORT: String(redis.port) };
}

/** Protected mode spares 127.0.0.1 only (redis/redis, src/networking.c): the way there is by another address. */
async function protectedRedis(): Promise<Variables> {
  const redis = await startRedis({ args: ['--protected-mode', 'yes', '--bind', '0.0.0.0'] });
  const front = createServer((client) => {
    joinSockets(client, connect({ port: redis.port, host: redis.host, localAddress: '127.0.0.2' }));
  });
  onTestFinished(() => redis.stop());
  return { REDISHOST: '127.0.0.1', REDISPORT: String(await listening(front)) };
}

async function webServer(): Promise<Variables> {
  const server = createHttpServer((_request, response) => response.end());
  return { REDISHOST: '127.0.0.1', REDISPORT: String(await listening(server)) };
}

const CASES: readonly (readonly [string, () => Promise<Variables>, RegExp, RegExp])[] = [
  ['a web server', webServer, /is a web server, not Redis/, /Set REDISHOST and REDISPORT/],
  [
    'a Redis without TLS, with TLS on',
    async () => ({ ...(await plainRedis()), REDISTLS: 'true' }),
    /does not use TLS, but TLS is on/,
    /set REDISTLS=false/,
  ],
  ['a Redis with TLS, with TLS off', () => tlsRedis('no'), /requires TLS, but TLS is off/, /set REDISTLS=true/],
  [
    'a Redis that wants a client certificate',
    async () => ({ ...(await tlsRedis('yes')), REDISCA_FILE: files.pem('ca') }),
    /requires a client certificate/,
    /tls-auth-clients no/,
  ],
  [
    'a certificate of an unknown authority',
    async () => ({ ...(await tlsRedis('no')), REDISTLS: 'true' }),
    /certificate of Redis is not trusted: self-signed certificate/,
    /REDISCA_FILE/,
  ],
  ['protected mode', protectedRedis, /is in protected mode/, /requirepass/],
];

const missing = redisMissing || tlsMissing || opensslMissing;

describe.skipIf(missing !== '')(`what is wrong is named, with the setting that fixes it${missing}`, () => {
  test.each(CASES)('%s', async (_name, redis, reason, hint) => {
    const { REDISHOST: host = '', REDISPORT: port, REDISTLS, REDISCA_FILE: caFile } = await redis();
    const tls = REDISTLS === 'true' || caFile !== undefined;
    const answer = await redisSystem().call({ host, port: Number(port), tls, caFile }, ['PING']);
    expect(answer).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(reason) as string,
      hint: expect.stringMatching(hint) as string,
    });
    expect(answer).not.toHaveProperty('transient');
  });

  test('deploy ends at once, with the reason and the setting', async () => {
    const env = { ...(await tlsRedis('no')), REDISDEMO_HOME: join(files.folder, 'home') };
    const port = String(await freePort());
    const { exitCode, stderr } = await cli(['deploy', 'local', '--db', 'url', '--port', port], { env });
    await cli(['destroy', 'local'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /Error: The service runs at \S+, but cannot use its database\. .* requires TLS, but TLS is off\./,
    );
    expect(stderr).toContain('→ Turn TLS on: set REDISTLS=true');
  });

  test('smoke shows it as what it got', async () => {
    const service = await startService();
    onTestFinished(async () => {
      await service.stop();
    });
    const { exitCode, stdout } = await cli(['smoke', '--url', service.url], { env: await webServer() });
    expect(exitCode).toBe(7);
    expect(stdout).toMatch(/got +127\.0\.0\.1:\d+ is a web server, not Redis\. Set REDISHOST and REDISPORT/);
  });
});
