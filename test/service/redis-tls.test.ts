/** Redis over TLS, with an authority of our own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { certify, opensslMissing } from '../certify.ts';
import { freePort, redisMissing, startRedis } from '../fakes/redis-server.ts';
import { failService } from '../service-process.ts';
import { EXAMPLE, expectAway } from './away.ts';
import { getUser, putUser, userText } from './requests.ts';
import { logged, redisWith, serviceWith } from './started.ts';

/** A server names the first setting that it does not know. */
const hasNoTls = String(spawnSync('redis-server', ['--tls-port', '0', '--no-such', 'x']).stderr).includes("'tls-port");
const missing =
  redisMissing || (hasNoTls ? ' (SKIPPED: this redis-server is built without TLS)' : '') || opensslMissing;

let dir = '';
const pem = (name: string): string => join(dir, `${name}.pem`);

/** A real server, with TLS on a second port. */
async function tlsRedis(password: string): Promise<{ host: string; port: number; plainPort: number }> {
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
  const redis = await startRedis({ password, args });
  onTestFinished(() => redis.stop());
  return { host: redis.host, port, plainPort: redis.port };
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
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'redisdemo-tls-'));
    certify(dir, 'ca');
    certify(dir, 'server', 'DNS:localhost,IP:127.0.0.1');
    certify(dir, 'other');
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  test.each(['127.0.0.1', 'localhost'])('a real server at %s is understood: it has no JSON module', async (host) => {
    const { port } = await tlsRedis('secret');
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
    ['no TLS at all', () => ({}), /ECONNRESET|EPIPE|does not answer|no answer/],
  ])('with %s: 503 with the reason', async (_what, variables, reason) => {
    const { host, port } = await tlsRedis('secret');
    const env = { REDISHOST: host, REDISPORT: String(port), REDISPASS: 'secret', ...variables() };
    const service = await serviceWith(env);
    const answer = await getUser(service, '1');
    expectAway([answer]);
    expect(answer.body).toMatch(reason);
  });

  test('with a certificate for another name: 503 with the reason', async () => {
    certify(dir, 'server', 'DNS:elsewhere.example.com');
    const { port } = await tlsRedis('secret');
    const env = { REDISHOST: 'localhost', REDISPORT: String(port), REDISPASS: 'secret', REDISCA_FILE: pem('ca') };
    const answer = await getUser(await serviceWith(env), '1');
    expectAway([answer]);
    expect(answer.body).toContain("does not match certificate's altnames");
  });

  test('to a server that speaks no TLS: 503 within the second', async () => {
    const { host, plainPort } = await tlsRedis('secret');
    const service = await serviceWith({ REDISHOST: host, REDISPORT: String(plainPort), REDISTLS: 'true' });
    expectAway([await getUser(service, '1')]);
  });
});
