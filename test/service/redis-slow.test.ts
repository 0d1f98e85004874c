/** Redis is slow, and not away: no wrong answer, no new connection, and 503 only for what cannot be answered in time. */
import { describe, expect, test } from 'vitest';
import type { JsonRedis } from '../fakes/json-redis.ts';
import { redisMissing } from '../fakes/redis-server.ts';
import { EXAMPLE, expectAway, expectRecovery } from '../support/redis-outage.ts';
import { getUser, putUser, userText, type Answer } from '../support/user-requests.ts';
import { logged, redisWith, serviceWith } from '../support/test-processes.ts';

/** Nothing of these tests is too late, however slow the machine is. */
const PATIENT = { REDIS_REPLY_TIMEOUT_MS: '3600000' };
const MEBIBYTE = 1024 * 1024;
/** Redis 7 has it turned off. */
const DEBUG = ['--enable-debug-command', 'yes'];

/** Busy inside one command for 1.5 s. */
const LONG_COMMANDS = {
  'DEBUG SLEEP': ['DEBUG', 'SLEEP', '1.5'],
  'a loop in Lua': [
    'EVAL',
    `local function now() local t = redis.call('TIME'); return t[1] * 1000 + t[2] / 1000 end
     local stop = now() + 1500; while now() < stop do end`,
    '0',
  ],
} as const;

/** The connections that are open on the server, the asking one left out. */
async function connections(redis: JsonRedis): Promise<string[]> {
  const client = redis.client();
  const own = String(await client.client('ID'));
  const list = String(await client.client('LIST'));
  const ids = [...list.matchAll(/^id=(\d+) /gm)].map(([, id = '']) => id);
  return ids.filter((id) => id !== own);
}

function statuses(answers: readonly Answer[]): Set<number> {
  return new Set(answers.map(({ status }) => status));
}

describe.skipIf(redisMissing !== '')(`one long command${redisMissing}`, () => {
  test.each(Object.entries(LONG_COMMANDS))('%s: everybody waits, and is answered', async (_name, command) => {
    const redis = await redisWith({ args: DEBUG });
    const service = await serviceWith({ ...redis.env, ...PATIENT });
    await expectRecovery(service);
    const before = await connections(redis);
    const [name, ...args] = command;
    const long = redis.client().call(name, ...args);
    const reads = Array.from({ length: 50 }, () => getUser(service, '1'));
    const writes = Array.from({ length: 50 }, (_, at) =>
      putUser(service, String(100 + at), userText({ age: String(at) })),
    );
    expect(new Set((await Promise.all(reads)).map(({ body }) => body))).toEqual(new Set([EXAMPLE]));
    expect(statuses(await Promise.all(writes))).toEqual(new Set([200]));
    await long;
    expect((await getUser(service, '149')).body).toBe(userText({ age: '49' }));
    expect(await connections(redis)).toEqual(expect.arrayContaining(before));
    expect(logged(service, /cannot be used|Redis is back|did not do/)).toEqual([]);
  });

  test('longer than the limit: 503 for those who wait, and right answers afterwards', async () => {
    const redis = await redisWith({ args: DEBUG });
    const service = await serviceWith({ ...redis.env, REDIS_REPLY_TIMEOUT_MS: '500', REDIS_SILENCE_MS: '200' });
    await expectRecovery(service);
    const client = redis.client();
    await client.ping();
    const answers: Answer[] = [];
    const done = new AbortController();
    const long = client.call('DEBUG', 'SLEEP', '3').finally(() => {
      done.abort();
    });
    while (!done.signal.aborted) answers.push(await getUser(service, '1'));
    await long;
    expect([...statuses(answers)].filter((status) => status !== 200)).toEqual([503]);
    const right = answers.filter(({ status }) => status === 200);
    expect(right.map(({ body }) => body)).toEqual(right.map(() => EXAMPLE));
    expectAway(answers.filter(({ status }) => status === 503));
    await expectRecovery(service);
  });
});

describe.skipIf(redisMissing !== '')(`a document of 4 MiB under load${redisMissing}`, () => {
  test('is written and read whole, and the others are answered', async () => {
    const redis = await redisWith();
    const service = await serviceWith({ ...redis.env, ...PATIENT, BODY_LIMIT: String(4 * MEBIBYTE) });
    await expectRecovery(service);
    const stop = new AbortController();
    const answers: Answer[] = [];
    const reading = Array.from({ length: 8 }, async () => {
      while (!stop.signal.aborted) answers.push(await getUser(service, '1'));
    });
    const body = userText({ name: 'x'.repeat(4 * MEBIBYTE - 200) });
    for (let round = 0; round < 3; round++) {
      expect((await putUser(service, '9', body)).status).toBe(200);
      expect((await getUser(service, '9')).body === body).toBe(true);
    }
    stop.abort();
    await Promise.all(reading);
    expect(new Set(answers.map((answer) => answer.body))).toEqual(new Set([EXAMPLE]));
    expect(logged(service, /cannot be used|Redis is back|did not do/)).toEqual([]);
  });
});
