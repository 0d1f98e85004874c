/** What every store promises, asked over HTTP: the memory store, and Redis (REDISDEMO_TEST_REDIS_URL: a real one). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testRedisMissing } from '../fakes/test-redis.ts';
import { serviceOnTestRedis } from '../support/service-on-redis.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { untilLogged } from '../support/test-processes.ts';

const MEBIBYTE = 1024 * 1024;
const EXAMPLES = [
  ['1', { name: 'Paul John', email: 'paul.john@example.com', age: 42, city: 'London' }],
  ['2', { name: 'Eden Zamir', email: 'eden.zamir@example.com', age: 29, city: 'Tel Aviv' }],
  ['3', { name: 'Paul Zamir', email: 'paul.zamir@example.com', age: 35, city: 'Tel Aviv' }],
] as const;

async function get(service: ServiceProcess, id: string): Promise<string> {
  const { status, body } = await getUser(service, id);
  expect(status).toBe(200);
  return body;
}

async function roundTrip(service: ServiceProcess, id: string, body: string): Promise<string> {
  const answer = await putUser(service, id, body);
  expect([answer.status, answer.body]).toEqual([200, 'true']);
  return get(service, id);
}

function promisesOfEveryStore(current: () => ServiceProcess): void {
  test.each(EXAMPLES)('example user %s has the four fields of the tutorial', async (id, fields) => {
    expect(await get(current(), id)).toBe(JSON.stringify(fields));
  });

  test.each(['4', '0', '-1', '99999999999999999999999'])('user %s is unknown: null', async (id) => {
    expect(await get(current(), id)).toBe('null');
  });

  test('a user comes back whole, with the fields in their order', async () => {
    const body = userText({ gender: 'true' });
    expect(await roundTrip(current(), '10', body)).toBe(body);
  });

  test('a second write replaces the whole document', async () => {
    await roundTrip(current(), '11', userText({ name: 'First', gender: 'true' }));
    expect(await roundTrip(current(), '11', userText({ name: 'Second' }))).toBe(userText({ name: 'Second' }));
  });

  test.each(['9223372036854775807', '9223372036854775808', '-9223372036854775809', '9'.repeat(60)])(
    'the id %s is kept digit for digit',
    async (id) => {
      const body = userText({ name: `user ${id.slice(0, 30)}` });
      expect(await roundTrip(current(), id, body)).toBe(body);
      expect(await get(current(), (BigInt(id) - 1n).toString())).not.toBe(body);
    },
  );

  test('an id of 4300 digits is kept', async () => {
    expect(await roundTrip(current(), '9'.repeat(4300), userText())).toBe(userText());
    expect(await get(current(), `${'9'.repeat(4299)}8`)).toBe('null');
  });

  test.each([
    ['2^53 + 1', '9007199254740993'],
    ['the largest of 64 bits', '9223372036854775807'],
    ['the smallest of 64 bits', '-9223372036854775808'],
    ['one more', '9223372036854775808'],
    ['one less', '-9223372036854775809'],
    ['the largest of 64 bits without a sign', '18446744073709551615'],
    ['128 bits', '340282366920938463463374607431768211455'],
    ['4300 digits', '7'.repeat(4300)],
  ])('an age of %s is kept digit for digit', async (_name, age) => {
    expect(await roundTrip(current(), '12', userText({ age }))).toBe(userText({ age }));
  });

  test('a name that looks like an age is a name', async () => {
    const name = '","age":12345678901234567890123,"x":"';
    expect(await roundTrip(current(), '13', userText({ name }))).toBe(userText({ name }));
    const digits = '"age":"12345678901234567890123"';
    expect(await roundTrip(current(), '13', userText({ name: digits }))).toBe(userText({ name: digits }));
  });

  // RedisJSON prints 1e16 where Python prints 1e+16: the number counts, not its text.
  test.each([0.1, 179, 1e16, 1.7976931348623157e308, 5e-324, 1e-7, -0, -12.5])(
    'the float %d is kept to the last bit',
    async (float) => {
      const height = Object.is(float, -0) ? '-0.0' : String(float);
      const stored = JSON.parse(await roundTrip(current(), '14', userText({ height, weight: height }))) as object;
      expect(stored).toMatchObject({ height: float, weight: float });
    },
  );

  test('a whole number in a float field is a float: 180.0', async () => {
    expect(await roundTrip(current(), '15', userText({ height: '180', weight: '7e1' }))).toBe(
      userText({ height: '180.0', weight: '70.0' }),
    );
  });

  test.each([
    ['accents and CJK', 'Zoë Łukasz 李明 עדן'],
    ['beyond the basic plane', '👩‍👩‍👧‍👦 𝒳 \u{10ffff}'],
    ['control characters', '\u0000\u0001\b\t\n\f\r\u001f\u007f\u0085'],
    ['quotes and line separators', '"\\/\u2028\u2029</script>'],
    ['not normalised', 'e\u0301 \u00e9 \ufeff'],
    ['nothing', ''],
  ])('a name with %s is kept', async (_name, name) => {
    expect(JSON.parse(await roundTrip(current(), '16', userText({ name })))).toMatchObject({ name });
  });

  test('a body of 1 MiB, the limit, is kept', async () => {
    const name = 'x'.repeat(MEBIBYTE - userText({ name: '' }).length);
    const body = userText({ name });
    expect(body.length).toBe(MEBIBYTE);
    expect(await roundTrip(current(), '17', body)).toBe(body);
  });

  test('writers at the same time mix no documents', async () => {
    const bodies = Array.from({ length: 40 }, (_, index) => userText({ name: `writer ${String(index)}` }));
    const responses = await Promise.all(bodies.map((body) => putUser(current(), '18', body)));
    expect(responses.map(({ status }) => status)).toEqual(bodies.map(() => 200));
    expect(bodies).toContain(await get(current(), '18'));
  });

  test('/health says that the store answers', async () => {
    const { status, body } = await ask(current(), '/health');
    expect([status, JSON.parse(body)]).toEqual([200, { status: 'ok', store: current().store }]);
  });
}

const FLOAT_OF_17_DIGITS = '123456789.12345679';

describe('the memory store', () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  promisesOfEveryStore(() => service);

  test('a float of 17 digits is kept', async () => {
    const sent = userText({ height: FLOAT_OF_17_DIGITS, weight: FLOAT_OF_17_DIGITS });
    expect(await roundTrip(service, '14', sent)).toBe(sent);
  });
});

describe.skipIf(testRedisMissing !== '')(`the Redis store${testRedisMissing}`, () => {
  const onRedis = serviceOnTestRedis();

  promisesOfEveryStore(() => onRedis.service);

  // A real RedisJSON has read it as the neighbour (test/fakes/json-commands.ts); another version may keep it.
  test('a float of 17 digits is kept, or becomes the neighbour that RedisJSON reads', async () => {
    const kept = [FLOAT_OF_17_DIGITS, '123456789.1234568'].map((float) => userText({ height: float, weight: float }));
    expect(kept).toContain(await roundTrip(onRedis.service, '14', kept[0] ?? ''));
  });

  describe('on what others left in Redis', () => {
    afterEach(() => onRedis.redis.client.unlink('user:1', 'user:21'));

    test('a restart does not overwrite an example user, and brings back a missing one', async () => {
      const changed = userText({ name: 'Paul changed' });
      await roundTrip(onRedis.service, '1', changed);
      await onRedis.redis.client.unlink('user:2');
      const second = await startService(onRedis.redis.env);
      expect(await get(second, '1')).toBe(changed);
      expect(await get(second, '2')).toBe(JSON.stringify(EXAMPLES[1][1]));
      await second.stop();
    });

    test('a key of another type answers 409 and is left alone', async () => {
      await onRedis.redis.client.hset('user:21', 'field', 'value');
      for (const answer of [await getUser(onRedis.service, '21'), await putUser(onRedis.service, '21', userText())]) {
        expect(answer.status).toBe(409);
        expect(answer.body).toBe('{"detail":"The store holds something other than a user under this id."}');
      }
      expect(await onRedis.redis.client.hgetall('user:21')).toEqual({ field: 'value' });
      expect(await ask(onRedis.service, '/health')).toMatchObject({ status: 200 });
    });

    test('an example key of another type keeps neither the service nor the other examples away', async () => {
      await onRedis.redis.client.unlink('user:1', 'user:2');
      await onRedis.redis.client.rpush('user:1', 'a list');
      const second = await startService(onRedis.redis.env);
      expect((await getUser(second, '1')).status).toBe(409);
      expect(await get(second, '2')).toBe(JSON.stringify(EXAMPLES[1][1]));
      expect(await onRedis.redis.client.lrange('user:1', 0, -1)).toEqual(['a list']);
      await untilLogged(second, /the example users could not be written: user:1: /);
      await second.stop();
    });

    test('a document of another writer is served as it stands', async () => {
      await onRedis.redis.client.call('JSON.SET', 'user:21', '$', '{"any":["thing",{"é":1.5}]}');
      expect(await get(onRedis.service, '21')).toBe('{"any":["thing",{"é":1.5}]}');
    });
  });
});
