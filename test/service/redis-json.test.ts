/**
 * What the tests and the service believe of a JSON module. REDISDEMO_TEST_REDIS_URL asks a real one: RedisJSON, or
 * valkey-json, which has other words (src/json/util.cc), keeps every float as it was written (src/rapidjson/reader.h)
 * and is called "json".
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestRedis, testRedisMissing, type TestRedis } from '../fakes/test-redis.ts';

const NOT_JSON = /^(expected value at line 1 column 1|SYNTAXERR .*)$/;
const WRONG_TYPE = /^(Existing key has wrong Redis type|WRONGTYPE .*)$/;

describe.skipIf(testRedisMissing !== '')(`JSON at the root of a document${testRedisMissing}`, () => {
  let redis: TestRedis;
  const call = (...words: [string, ...string[]]): Promise<unknown> => redis.client.call(...words);
  const stored = async (document: string): Promise<unknown> => {
    await call('JSON.SET', 'user:1', '.', document);
    return call('JSON.GET', 'user:1', '.');
  };

  beforeAll(async () => {
    redis = await openTestRedis();
  });
  afterAll(() => redis.close());

  test('a document is written, read as it is and read as a match', async () => {
    expect(await call('JSON.SET', 'user:1', '$', '{"a":1}')).toBe('OK');
    expect(await call('JSON.GET', 'user:1', '.')).toBe('{"a":1}');
    expect(await call('JSON.GET', 'user:1')).toBe('{"a":1}');
    expect(await call('JSON.GET', 'user:1', '$')).toBe('[{"a":1}]');
    expect(await call('JSON.GET', 'user:none', '$')).toBeNull();
  });

  test('NX and XX refuse with nil', async () => {
    expect(await call('JSON.SET', 'user:2', '.', '1', 'XX')).toBeNull();
    expect(await call('JSON.SET', 'user:2', '.', '1', 'NX')).toBe('OK');
    expect(await call('JSON.SET', 'user:2', '.', '2', 'nx')).toBeNull();
    expect(await call('JSON.GET', 'user:2', '.')).toBe('1');
    expect(await call('JSON.SET', 'user:2', '.', '3', 'XX')).toBe('OK');
    expect(await call('JSON.GET', 'user:2', '.')).toBe('3');
  });

  test('what is not JSON is refused and changes nothing', async () => {
    await call('JSON.SET', 'user:3', '.', '{"kept":true}');
    await expect(call('JSON.SET', 'user:3', '.', 'what')).rejects.toThrow(NOT_JSON);
    await expect(call('JSON.SET', 'user:3', '.', '"\\ud800"')).rejects.toThrow();
    await expect(call('JSON.SET', 'user:3', '.', '[1e400]')).rejects.toThrow();
    expect(await call('JSON.GET', 'user:3', '.')).toBe('{"kept":true}');
  });

  test.each([['JSON.GET'], ['JSON.SET', '.', '1'], ['JSON.SET', '.', '1', 'NX']])(
    'a key of another type is refused and left alone: %s %s %s %s',
    async (command, ...words) => {
      await redis.client.hset('user:4', 'field', 'value');
      await expect(call(command, 'user:4', ...words)).rejects.toThrow(WRONG_TYPE);
      expect(await redis.client.hgetall('user:4')).toEqual({ field: 'value' });
    },
  );

  test.each([
    ['{ "b" : [ 1 , 2 ] , "a" : null }', '{"b":[1,2],"a":null}'],
    ['"\\u00e9\\/\\u0001\\n\\" \\ud83d\\ude00"', '"é/\\u0001\\n\\" 😀"'],
    ['[9223372036854775807,-9223372036854775808]', '[9223372036854775807,-9223372036854775808]'],
    ['18446744073709551615', '18446744073709551615'],
    ['[1.0,179.5,-0.0,1e16,1e-7,2.5e300]', '[1.0,179.5,-0.0,1e16,1e-7,2.5e300]'],
  ])('%s comes back as %s', async (document, expected) => {
    expect(await stored(document)).toBe(expected);
  });

  test('a float of 17 digits may come back as its neighbour', async () => {
    // RedisJSON's answer, and valkey-json's.
    expect(['123456789.1234568', '123456789.12345679']).toContain(await stored('123456789.12345679'));
  });

  test('an integer of more than 64 bits may lose digits', async () => {
    const wide = '45232446983204764922041';
    expect(['4.523244698320477e22', wide]).toContain(await stored(wide));
  });

  test('replies to a pipeline come in order, whoever answers', async () => {
    const replies = await redis.client
      .pipeline()
      .call('JSON.SET', 'user:5', '.', '{"n":5}')
      .get('user:none')
      .call('JSON.SET', 'user:5', '.', 'broken')
      .call('JSON.GET', 'user:5', '$')
      .ping()
      .exec();
    expect(replies?.map(([error, reply]) => error?.message ?? reply)).toEqual([
      'OK',
      null,
      expect.stringMatching(NOT_JSON) as string,
      '[{"n":5}]',
      'PONG',
    ]);
  });

  test('a document of 4 MiB passes whole', async () => {
    const document = JSON.stringify('x'.repeat(4 * 1024 * 1024));
    expect(await stored(document)).toBe(document);
  });

  test('the module is named in MODULE LIST', async () => {
    const modules = JSON.stringify(await call('MODULE', 'LIST'));
    expect(modules).toMatch(/"name","(ReJSON|json)","ver"/);
  });
});
