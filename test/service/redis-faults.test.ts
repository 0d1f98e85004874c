/** Redis goes away, comes back, comes late, or hangs. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { freePort, redisMissing } from '../fakes/redis-server.ts';
import { ANSWER_LIMIT_MS, expectAway, expectInTime, expectRecovery, MARGIN_MS } from './away.ts';
import { ask, getUser, putUser, userText, type Answer } from './requests.ts';
import { redisWith, serviceWith, untilLogged } from './started.ts';

const FAULT_MS = 5000;

describe.skipIf(redisMissing !== '')(`Redis goes away${redisMissing}`, () => {
  test.each([
    ['without a password', {}],
    ['with a password', { password: 'secret' }],
  ])('paused for 5 s, %s: each request is answered 503 within a second', async (_name, options) => {
    const redis = await redisWith(options);
    const service = await serviceWith(redis.env);
    const answers: Promise<Answer>[] = [];
    const checks: Promise<Answer>[] = [];
    redis.pause();
    const end = performance.now() + FAULT_MS;
    while (performance.now() < end - ANSWER_LIMIT_MS - MARGIN_MS) {
      answers.push(getUser(service, '1'), putUser(service, '2', userText()));
      checks.push(ask(service, '/health'));
      await pause(50);
    }
    await Promise.all([...answers, ...checks]);
    await pause(Math.max(0, end - performance.now())); // the fault lasts as long, whatever the service does
    answers.push(getUser(service, '1'));
    await answers.at(-1);
    redis.resume();

    await expectRecovery(service);
    expectAway(await Promise.all(answers));
    const health = await Promise.all(checks);
    expect(new Set(health.map(({ status }) => status))).toEqual(new Set([503]));
    expectInTime(health);
    await untilLogged(service, /cannot be used/);
    await untilLogged(service, /Redis is back/);
  });

  test.each(['kill', 'pause'] as const)('500 requests at once after %s: nothing queues up', async (fault) => {
    const redis = await redisWith({ aof: true });
    const service = await serviceWith(redis.env);
    await redis[fault]();
    const requests = Array.from({ length: 500 }, (_, at) => getUser(service, String(at)));
    expectAway(await Promise.all(requests), 4 * MARGIN_MS);
    expect((await ask(service, '/openapi.json')).status).toBe(200);
    if (fault === 'pause') redis.resume();
    else await redis.restart();
    await expectRecovery(service);
  });

  test('loading its data: 503 with the reason, and right answers afterwards', async () => {
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
    await expect
      .poll(async () => (await getUser(service, '1')).body, { interval: 5, timeout: 10_000 })
      .toContain('LOADING');
    await back;
    await expectRecovery(service);
  });
});

describe.skipIf(redisMissing !== '')(`Redis comes late${redisMissing}`, () => {
  test('unreachable at the start: listens, says so, and writes the examples once Redis is there', async () => {
    const port = await freePort();
    const service = await serviceWith({ REDISHOST: '127.0.0.1', REDISPORT: String(port) });
    expect(service.store).toBe('redis');
    expectAway([await getUser(service, '1'), await putUser(service, '1', userText())]);
    const health = await ask(service, '/health');
    expect([health.status, JSON.parse(health.body)]).toMatchObject([503, { status: 'unavailable', store: 'redis' }]);
    expect(health.body).toContain('ECONNREFUSED');
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
    const service = await serviceWith(redis.env);
    // Not the example: a write without an answer may come through.
    expectAway([await getUser(service, '1'), await putUser(service, '4', userText())]);
    redis.resume();
    await expectRecovery(service);
  });

  test('a host that does not exist: listens and names it', async () => {
    const service = await serviceWith({ REDISHOST: 'redis.invalid' });
    expectAway([await getUser(service, '1')]);
    await untilLogged(service, /cannot be used: .*redis\.invalid/);
  });
});
