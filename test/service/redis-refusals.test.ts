/** Redis answers, and refuses: credentials, permissions, memory, a replica, a server without the JSON module. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonRedis } from '../fakes/json-redis.ts';
import { freePort, redisMissing, startRedis, type RedisServer } from '../fakes/redis-server.ts';
import { failService, type ServiceProcess } from '../support/service-process.ts';
import { EXAMPLE, expectAway, expectRecovery } from '../support/redis-outage.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from '../support/test-processes.ts';

const PATIENCE = { timeout: 120_000 };

async function plainRedis(port?: number): Promise<RedisServer> {
  const redis = await startRedis(port === undefined ? {} : { port });
  onTestFinished(() => redis.stop());
  return redis;
}

/** A service whose Redis user has these rights. */
async function serviceAs(redis: JsonRedis, ...rules: readonly string[]): Promise<ServiceProcess> {
  await redis.client().call('ACL', 'SETUSER', 'app', 'on', '>app-secret', ...rules);
  return serviceWith({ ...redis.env, REDISUSER: 'app', REDISPASS: 'app-secret' });
}

async function expectHealthy(service: ServiceProcess): Promise<void> {
  const { status, body } = await ask(service, '/health');
  expect([status, JSON.parse(body)]).toEqual([200, { status: 'ok', store: 'redis' }]);
}

async function expectDegraded(service: ServiceProcess): Promise<void> {
  const { status, body } = await ask(service, '/health');
  const degraded = { status: 'degraded', store: 'redis', detail: 'The store refuses writes.' };
  expect([status, JSON.parse(body)]).toEqual([200, degraded]);
}

async function expectRefusal(service: ServiceProcess, reason: RegExp): Promise<void> {
  const answer = await putUser(service, '50', userText());
  expectAway([answer]);
  await expect.poll(() => logged(service, /did not do/).at(-1)?.['reason'], PATIENCE).toMatch(reason);
}

describe.skipIf(redisMissing !== '')(`Redis refuses${redisMissing}`, () => {
  test('a wrong password: listens and names the reason; works once it is right', async () => {
    const redis = await redisWith({ password: 'the right one' });
    const service = await serviceWith({ ...redis.env, REDISPASS: 'the wrong one' });
    expectAway([await getUser(service, '1')]);
    await expectRefusal(service, /WRONGPASS/);
    const health = await ask(service, '/health');
    expect([health.status, JSON.parse(health.body)]).toMatchObject([503, { status: 'unavailable', store: 'redis' }]);
    expect(health.body).not.toContain('WRONGPASS');
    await untilLogged(service, /cannot be used: WRONGPASS/);

    await redis.client().config('SET', 'requirepass', 'the wrong one');
    await expectRecovery(service);
    expect(service.log().join('\n')).not.toMatch(/the (right|wrong) one/);
  });

  test('no password where one is needed: listens and names the reason', async () => {
    const redis = await redisWith({ password: 'secret' });
    const service = await serviceWith({ REDISHOST: redis.host, REDISPORT: String(redis.port) });
    await expectRefusal(service, /NOAUTH/);
    expect((await ask(service, '/health')).status).toBe(503);
  });

  test('no memory left: PUT says so, GET goes on', async () => {
    const redis = await redisWith({ args: ['--maxmemory-policy', 'noeviction'] });
    const service = await serviceWith(redis.env);
    await redis.client().config('SET', 'maxmemory', '1mb');
    await expectRefusal(service, /Redis refused: OOM command not allowed/);
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    await expectDegraded(service);
    await redis.client().config('SET', 'maxmemory', '0');
    expect((await putUser(service, '50', userText())).status).toBe(200);
  });

  test('a replica that may only be read: PUT says so, GET works', async () => {
    const primary = await redisWith();
    await primary.client().call('JSON.SET', 'user:1', '.', EXAMPLE);
    const replica = await redisWith({ args: ['--replicaof', primary.host, String(primary.server.port)] });
    await expect.poll(() => replica.client().exists('user:1'), PATIENCE).toBe(1);
    const service = await serviceWith(replica.env);
    await expectRefusal(service, /Redis refused: READONLY/);
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    await expectDegraded(service);
    await untilLogged(service, /the example users could not be written: Redis refused: READONLY/);
  });
});

// In the stand-in JSON.SET and JSON.GET are SET and GET, and the server knows no others: +set +get stand for them.
describe.skipIf(redisMissing !== '')(`Redis knows the user${redisMissing}`, () => {
  test('+json.set +json.get ~user:* is enough: no PING, no INFO, no MODULE', async () => {
    const redis = await redisWith();
    const service = await serviceAs(redis, '~user:*', '+set', '+get');
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    expect((await putUser(service, '50', userText())).status).toBe(200);
    await expectHealthy(service);
    expect(logged(service, /could not|cannot|did not/)).toEqual([]);
    await redis.restart(); // memory only: user and examples are gone with it
    await redis.client().call('ACL', 'SETUSER', 'app', 'on', '>app-secret', '~user:*', '+set', '+get');
    await expect.poll(async () => (await ask(service, '/health')).status, PATIENCE).toBe(200);
  });

  test('a user who may only read: listens, PUT says so, GET works', async () => {
    const redis = await redisWith();
    await redis.client().call('JSON.SET', 'user:1', '.', EXAMPLE);
    const service = await serviceAs(redis, '~user:*', '+get');
    await expectRefusal(service, /Redis refused: NOPERM .*'json\.set'/);
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    await expectDegraded(service);
    await untilLogged(service, /the example users could not be written: Redis refused: NOPERM/);
  });

  test('a user who may do nothing: listens, and refuses at once', async () => {
    const service = await serviceAs(await redisWith());
    await expectRefusal(service, /Redis refused: NOPERM/);
    expectAway([await getUser(service, '1')]);
  });

  test('a user who may not touch these keys: 503 with the reason', async () => {
    const service = await serviceAs(await redisWith(), '~other:*', '+set', '+get');
    await expectRefusal(service, /Redis refused: NOPERM/);
    expectAway([await getUser(service, '1')]);
  });

  test('rights given later: the examples appear by themselves', async () => {
    const redis = await redisWith();
    const service = await serviceAs(redis, '~user:*', '+get');
    expect((await getUser(service, '1')).body).toBe('null');
    await redis.client().call('ACL', 'SETUSER', 'app', '+set');
    await expect.poll(async () => (await getUser(service, '1')).body, PATIENCE).toBe(EXAMPLE);
  });
});

describe.skipIf(redisMissing !== '')(`Redis has no JSON module${redisMissing}`, () => {
  test('the start fails with what is missing and where it is found', async () => {
    const { port } = await plainRedis();
    const { exitCode, message, output } = await failService({ REDISHOST: '127.0.0.1', REDISPORT: String(port) });
    expect(exitCode).toBe(3);
    for (const word of ['JSON module', 'redis:8', 'redis/redis-stack']) expect(message).toContain(word);
    expect(message + output).not.toMatch(/\bat .*\.js:\d+/);
  });

  test('found out when Redis comes late: 503 says what is missing', async () => {
    const port = await freePort();
    const service = await serviceWith({ REDISHOST: '127.0.0.1', REDISPORT: String(port) });
    await plainRedis(port);
    await expect.poll(() => logged(service, /redis:8/).length, PATIENCE).toBeGreaterThan(0);
    expect((await ask(service, '/health')).status).toBe(503);
    await expectRefusal(service, /Redis has no JSON module/);
  });
});
