/** A real Redis, or a server of another kind, at an address that does not fit the settings. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { redisSystem } from '../../src/systems/redis/redis.ts';
import { certify, opensslMissing } from '../support/certify.ts';
import { cli } from '../support/cli.ts';
import { freePort, redisMissing, startRedis } from '../fakes/redis-server.ts';
import { tlsMissing } from '../fakes/redis-tls.ts';
import { startService } from '../support/service-process.ts';

type Variables = Readonly<Record<string, string>>;

let folder = '';
const pem = (name: string): string => join(folder, `${name}.pem`);

/** A real one with TLS on a second port. @param clients yes: only those with a certificate, as is Redis' default */
async function tlsRedis(clients: 'yes' | 'no'): Promise<Variables> {
  const port = String(await freePort());
  const files = [
    '--tls-cert-file',
    pem('server'),
    '--tls-key-file',
    pem('server-key'),
    '--tls-ca-cert-file',
    pem('ca'),
  ];
  const redis = await startRedis({ args: ['--tls-port', port, ...files, '--tls-auth-clients', clients] });
  onTestFinished(() => redis.stop());
  return { REDISHOST: redis.host, REDISPORT: port };
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
    const server = connect({ port: redis.port, host: redis.host, localAddress: '127.0.0.2' });
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  onTestFinished(async () => {
    front.close();
    await redis.stop();
  });
  return { REDISHOST: '127.0.0.1', REDISPORT: String((front.address() as AddressInfo).port) };
}

async function webServer(): Promise<Variables> {
  const server = createHttpServer((_request, response) => response.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { REDISHOST: '127.0.0.1', REDISPORT: String((server.address() as AddressInfo).port) };
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
    async () => ({ ...(await tlsRedis('yes')), REDISCA_FILE: pem('ca') }),
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
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'redisdemo-wrong-'));
    certify(folder, 'ca');
    certify(folder, 'server', 'DNS:localhost,IP:127.0.0.1');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

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
    const env = { ...(await tlsRedis('no')), REDISDEMO_HOME: join(folder, 'home') };
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
