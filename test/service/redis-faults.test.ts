/** Redis goes away, comes back, comes late, or hangs; the network is lost. */
import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startOutageProxy, type OutageProxy } from '../fakes/outage-proxy.ts';
import type { JsonRedis } from '../fakes/json-redis.ts';
import { freePort, redisMissing } from '../fakes/redis-server.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { expectAway, expectRecovery } from '../support/redis-outage.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from '../support/test-processes.ts';

/** Short, so that tests do not wait for long. */
const IMPATIENT = { REDIS_REPLY_TIMEOUT_MS: '500', REDIS_SILENCE_MS: '200' };
const PATIENCE = { timeout: 120_000, interval: 20 };

/** How often Redis has run a command since it was started. */
async function calls(redis: JsonRedis, command: string): Promise<number> {
  const stats = await redis.client().info('commandstats');
  return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
}

async function expectUnhealthy(service: ServiceProcess): Promise<void> {
  const { status, body, headers } = await ask(service, '/health');
  expect([status, JSON.parse(body)]).toEqual([
    503,
    { status: 'unavailable', store: 'redis', detail: 'The store does not respond. Try again in 1 second.' },
  ]);
  expect(headers.get('cache-control')).toBe('no-store');
}

describe.skipIf(redisMissing !== '')(`Redis goes away${redisMissing}`, () => {
  test.each([
    ['without a password', {}],
    ['with a password', { password: 'secret' }],
  ])('paused, %s: every request is answered 503 while it is paused', async (_name, options) => {
    const redis = await redisWith(options);
    const service = await serviceWith({ ...redis.env, ...IMPATIENT });
    redis.pause();
    for (let round = 0; round < 10; round++) {
      expectAway(await Promise.all([getUser(service, '1'), putUser(service, '2', userText())]));
      await expectUnhealthy(service);
    }
    redis.resume();
    await expectRecovery(service);
    const [said] = await untilLogged(service, /cannot be used/);
    expect(said?.message).toBe(`Redis at 127.0.0.1:${String(redis.port)} cannot be used: no reply within 500 ms`);
    await untilLogged(service, /Redis is back/);
  });

  test.each(['kill', 'pause'] as const)('500 requests at once after %s: nothing queues up', async (fault) => {
    const redis = await redisWith({ aof: true });
    const service = await serviceWith({ ...redis.env, ...IMPATIENT });
    await redis[fault]();
    expectAway([await getUser(service, '1')]);
    expectAway(await Promise.all(Array.from({ length: 500 }, (_, at) => getUser(service, String(at)))));
    expect((await ask(service, '/openapi.json')).status).toBe(200);
    if (fault === 'pause') redis.resume();
    else await redis.restart();
    await expectRecovery(service);
    expect(await calls(redis, 'get')).toBeLessThan(100);
  });

  test('500 requests in flight when it is paused: each is answered', async () => {
    const redis = await redisWith();
    const service = await serviceWith({ ...redis.env, ...IMPATIENT });
    redis.pause();
    expectAway(await Promise.all(Array.from({ length: 500 }, (_, at) => getUser(service, String(at)))));
    redis.resume();
    await expectRecovery(service);
  });

  test('it accepts nothing more: documents do not pile up in memory', async () => {
    const redis = await redisWith();
    // With so high a limit, no body is refused while it arrives (service/src/http/incoming.ts).
    const service = await serviceWith({ ...redis.env, REDIS_REPLY_TIMEOUT_MS: '3600000', BODY_LIMIT: '268435456' });
    redis.pause();
    const body = userText({ name: 'x'.repeat(4_000_000) });
    const puts = Array.from({ length: 30 }, (_, at) => putUser(service, String(100 + at), body));
    await expect.poll(() => logged(service, /did not do/).length, PATIENCE).toBeGreaterThan(0);
    redis.resume();
    const statuses = (await Promise.all(puts)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(logged(service, /did not do/)[0]?.['reason']).toMatch(/wait to be sent/);
  });

  test('loading its data: 503, the reason in the log, and right answers afterwards', async () => {
    // A second's worth of keys, between which the server looks at its clients.
    const slow = ['--key-load-delay', '10000', '--loading-process-events-interval-bytes', '1024'];
    const redis = await redisWith({ args: slow });
    const service = await serviceWith(redis.env);
    const ids = Array.from({ length: 100 }, (_, at) => String(1000 + at));
    // Random names: the dump is compressed.
    await Promise.all(ids.map((id) => putUser(service, id, userText({ name: randomBytes(1024).toString('hex') }))));
    await redis.client().save();
    await redis.server.kill();
    const back = redis.server.restart();
    const reasons = (): string =>
      logged(service, /did not do/)
        .map(({ reason }) => String(reason))
        .join('\n');
    await expect
      .poll(
        async () => {
          await getUser(service, '1');
          return reasons();
        },
        { ...PATIENCE, interval: 5 },
      )
      .toContain('Redis refused: LOADING');
    await back;
    await expectRecovery(service);
  });
});

describe.skipIf(redisMissing !== '')(`the network${redisMissing}`, () => {
  async function proxyTo(redis: JsonRedis): Promise<OutageProxy> {
    const proxy = await startOutageProxy(redis.port);
    onTestFinished(() => proxy.close());
    return proxy;
  }

  test('is lost: 503 while it is, and a new connection when it is back', async () => {
    const redis = await redisWith();
    const proxy = await proxyTo(redis);
    const service = await serviceWith({ ...redis.env, REDISPORT: String(proxy.port), ...IMPATIENT });
    await expectRecovery(service);
    proxy.beginOutage();
    for (let round = 0; round < 5; round++) {
      expectAway(await Promise.all([getUser(service, '1'), putUser(service, '2', userText())]));
    }
    const tried = proxy.connections();
    await expect.poll(() => proxy.connections(), PATIENCE).toBeGreaterThan(tried);
    proxy.endOutage();
    await expectRecovery(service);
    await untilLogged(service, /Redis is back/);
  });

  test('has forgotten the connection while Redis is well: another one takes its place', async () => {
    const redis = await redisWith();
    const proxy = await proxyTo(redis);
    const service = await serviceWith({ ...redis.env, REDISPORT: String(proxy.port), ...IMPATIENT });
    await expectRecovery(service);
    proxy.cut();
    expectAway([await getUser(service, '1')]);
    await expectRecovery(service);
    await untilLogged(service, /Redis is back/);
  });
});

describe.skipIf(redisMissing !== '')(`Redis comes late${redisMissing}`, () => {
  test('unreachable at the start: listens, logs it, and writes the examples once Redis is there', async () => {
    const port = await freePort();
    const service = await serviceWith({ REDISHOST: '127.0.0.1', REDISPORT: String(port) });
    expect(service.store).toBe('redis');
    expectAway([await getUser(service, '1'), await putUser(service, '1', userText())]);
    await expectUnhealthy(service);
    const [said] = await untilLogged(service, /cannot be used/);
    expect(said?.message).toContain(`Redis at 127.0.0.1:${String(port)} cannot be used: connect ECONNREFUSED`);

    await redisWith({ port });
    await expectRecovery(service);
    expect((await ask(service, '/health')).status).toBe(200);
    await untilLogged(service, /cannot be used/);
    await untilLogged(service, /Redis is back/);
  });

  test('silent at the start: listens, and finds Redis when it speaks', async () => {
    const redis = await redisWith();
    redis.pause();
    const service = await serviceWith({ ...redis.env, ...IMPATIENT });
    // Not the example: a write without an answer may come through.
    expectAway([await getUser(service, '1'), await putUser(service, '4', userText())]);
    redis.resume();
    await expectRecovery(service);
  });

  test('a host that does not exist: listens and names it in the log', async () => {
    const service = await serviceWith({ REDISHOST: 'redis.invalid' });
    expectAway([await getUser(service, '1')]);
    await untilLogged(service, /cannot be used: .*redis\.invalid/);
  });
});
