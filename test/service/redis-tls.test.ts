/** Redis over TLS, with an authority of our own. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { redisMissing } from '../fakes/redis-server.ts';
import type { TlsRedis } from '../fakes/redis-tls.ts';
import { startTlsRedis, tlsMissing } from '../fakes/redis-tls.ts';
import { certificates, certify, opensslMissing } from '../support/certificates.ts';
import { failService } from '../support/service-process.ts';
import { joinSockets, listening } from '../support/sockets.ts';
import { EXAMPLE, expectAway } from '../support/redis-outage.ts';
import { getUser, putUser, userText } from '../support/user-requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from '../support/test-processes.ts';

const missing = redisMissing || tlsMissing || opensslMissing;

const files = certificates();
const { pem } = files;
const tlsRedis = (): Promise<TlsRedis> => startTlsRedis(files, { password: 'secret' });

/** The stand-in with the JSON commands, behind a server that ends TLS. */
async function tlsJsonRedis(): Promise<Record<string, string>> {
  const redis = await redisWith({ password: 'secret' });
  const front = createServer({ cert: readFileSync(pem('server')), key: readFileSync(pem('server-key')) }, (client) => {
    joinSockets(client, connect(redis.port, redis.host));
  });
  return { ...redis.env, REDISPORT: String(await listening(front)) };
}

describe.skipIf(missing !== '')(`Redis over TLS${missing}`, () => {
  let server: TlsRedis;
  beforeAll(async () => {
    certify(files.folder, 'other');
    server = await tlsRedis();
  });
  afterAll(() => server.stop());

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
    certify(files.folder, 'server', 'DNS:elsewhere.example.com');
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
