/** What a refusal means, whatever server words it. */
import { ReplyError } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { isAnswer, JsonModuleMissing, lacksPermission, storeError } from '../../service/src/users/redis-client.ts';

/** As ioredis throws it. */
const refusal = (words: string): Error => new (ReplyError as new (message: string) => Error)(words);

describe('a refusal by Redis', () => {
  it.each([
    ['RedisJSON', 'Existing key has wrong Redis type'],
    ['a server that puts ERR before it', 'ERR Existing key has wrong Redis type'],
    ['valkey-json', 'WRONGTYPE Not a JSON document key'],
    ['Redis', 'WRONGTYPE Operation against a key holding the wrong kind of value'],
  ])('because the key holds something else is a conflict: %s', (_server, words) => {
    expect(storeError(refusal(words))).toMatchObject({ kind: 'conflict', message: `Redis refused: ${words}` });
  });

  it.each([
    ['Redis 7', "ERR unknown command 'JSON.SET', with args beginning with: 'user:1' '.' "],
    ['Redis 6', 'ERR unknown command `JSON.SET`, with args beginning with: `user:1`, `.`, '],
    ['Redis 4', "ERR unknown command 'JSON.SET'"],
    ['Redis Enterprise', "ERR unknown command 'json.set', with args beginning with: 'user:1' '.' "],
  ])('of an unknown command says that the JSON module is missing: %s', (_server, words) => {
    expect(storeError(refusal(words))).toBeInstanceOf(JsonModuleMissing);
  });

  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'."],
    ["READONLY You can't write against a read only replica."],
    ['LOADING Redis is loading the dataset in memory'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."],
    ['MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.'],
    ['NOAUTH Authentication required.'],
    ['WRONGPASS invalid username-password pair or user is disabled.'],
    ["NOPERM User app has no permissions to run the 'json.set' command"],
    ['CLUSTERDOWN Hash slot not served'],
    ['MOVED 3999 127.0.0.1:6381'],
    ['LIMIT Document size limit is exceeded'],
    ['BUSY Redis is busy running a script.'],
    ['ERR max number of clients reached'],
  ])('for any other reason may pass: %s', (words) => {
    const error = storeError(refusal(words));
    expect(error).not.toBeInstanceOf(JsonModuleMissing);
    expect(error).toMatchObject({ kind: 'refused', message: `Redis refused: ${words}` });
  });
});

describe('no answer', () => {
  it('means that the connection is gone', () => {
    const error = new Error('Connection is closed.');
    expect(isAnswer(error)).toBe(false);
    expect(storeError(error)).toMatchObject({ kind: 'silent', cause: error });
  });
});

describe('lacksPermission', () => {
  it.each([
    ["NOPERM User app has no permissions to run the 'ping' command", true],
    ["NOPERM this user has no permissions to run the 'ping' command or its subcommand", true],
    ['NOAUTH Authentication required.', false],
  ])('%s: %s', (words, lacks) => {
    expect(lacksPermission(storeError(refusal(words)))).toBe(lacks);
  });

  it('is not said of a connection that is gone', () => {
    expect(lacksPermission(storeError(new Error('NOPERM')))).toBe(false);
    expect(lacksPermission(refusal('NOPERM'))).toBe(false);
  });
});
