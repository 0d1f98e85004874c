/** Redis over TLS, with an authority of our own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { certify, opensslMissing } from '../support/certify.ts';
import { freePort, redisMissing, startRedis } from '../fakes/redis-server.ts';
import { tlsMissing } from '../fakes/redis-tls.ts';
import { failService } from '../support/service-process.ts';
import { EXAMPLE, expectAway } from './away.ts';
import { getUser, putUser, userText } from './requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from './started.ts';

const missing = redisMissing || tlsMissing || opensslMissing;

let dir = '';
const pem = (name: string): string => join(dir, `${name}.pem`);

interface TlsRedis {
  readonly host: string;
  readonly port: number;
  readonly plainPort: number;
  readonly stop: () => Promise<void>;
}

/** A real server, with TLS on a second port. */
async function tlsRedis(): Promise<TlsRedis> {
  const port = await freePort();
  const files = [
    '--tls-cert-file',
    pem('server'),
    '--tls-key-file',
    pem('server-key'),
    '--tls-ca-cert-file',
    pem('ca'),
  ];
  const args = ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
  const redis = await startRedis({ password: 'secret', args });
  return { host: redis.host, port, plainPort: redis.port, stop: () => redis.stop() };
}

/** The stand-in with the JSON commands, behind a server that ends TLS. */
async function tlsJsonRedis(): Promise<Record<string, string>> {
  const redis = await redisWith({ password: 'secret' });
  const front = createServer({ cert: readFileSync(pem('server')), key: readFileSync(pem('server-key')) }, (client) => {
    const server = connect(redis.port, redis.host);
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => front.listen(port, redis.host, resolve));
  onTestFinished(() => void front.close());
  return { ...redis.env, REDISPORT: String(port) };
}

describe.skipIf(missing !== '')(`Redis over TLS${missing}`, () => {
  let server: TlsRedis;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redisdemo-tls-'));
    certify(dir, 'ca');
    certify(dir, 'server', 'DNS:localhost,IP:127.0.0.1');
    certify(dir, 'other');
    server = await tlsRedis();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  test.each(['127.0.0.1', 'localhost'])('a real server at %s is understood: it has no JSON module', async (host) => {
    const { port } = server;
    const env = { REDISHOST: host, REDISPORT: String(port), REDISPASS: 'secret', REDISCA_FILE: pem('ca') };
    const { exitCode, output } = await failService(env);
    expect(exitCode).toBe(3);
    expect(output).not.toContain('Deprecation');
  });

  test.each([
    ['in a file', () => ({ REDISCA_FILE: pem('ca') })],
    ['in a variable', () => ({ REDISCA: readFileSync(pem('ca'), 'utf8') })],
  ])('with the authority %s the service works', async (_where, ca) => {
    const service = await serviceWith({ ...(await tlsJsonRedis()), ...ca() });
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    expect((await putUser(service, '50', userText())).status).toBe(200);
    expect((await getUser(service, '50')).body).toBe(userText());
    expect(logged(service, /cannot/)).toEqual([]);
  });

  test.each([
    ['another authority', () => ({ REDISCA_FILE: pem('other') }), /certificate/],
    ['only the authorities of the system', () => ({ REDISTLS: 'true' }), /self-signed certificate/],
    ['no TLS at all', () => ({}), /it is Redis with TLS only: set REDISTLS=true/],
  ])('with %s: 503, and the log says why', async (_what, variables, reason) => {
    const { host, port } = server;
    const env = { REDISHOST: host, REDISPORT: String(port), REDISPASS: 'secret', ...variables() };
    const service = await serviceWith(env);
    expectAway([await getUser(service, '1')]);
    const [{ message } = { message: '' }] = await untilLogged(service, /cannot be used/);
    expect(message).toMatch(reason);
  });

  test('with a certificate for another name: 503, and the log says why', async () => {
    certify(dir, 'server', 'DNS:elsewhere.example.com');
    const { port, stop } = await tlsRedis();
    onTestFinished(stop);
    const env = { REDISHOST: 'localhost', REDISPORT: String(port), REDISPASS: 'secret', REDISCA_FILE: pem('ca') };
    const service = await serviceWith(env);
    expectAway([await getUser(service, '1')]);
    await untilLogged(service, /cannot be used: .*does not match certificate's altnames/);
  });

  test('to a server that speaks no TLS: 503', async () => {
    const { host, plainPort } = server;
    const service = await serviceWith({ REDISHOST: host, REDISPORT: String(plainPort), REDISTLS: 'true' });
    expectAway([await getUser(service, '1')]);
  });
});
