/** What a refusal means, whatever server words it. */
import { ReplyError } from 'ioredis';
import { describe, expect, it } from 'vitest';
import {
  ClusterMode,
  isAnswer,
  isReplica,
  JsonModuleMissing,
  storeError,
} from '../../service/src/store/redis-client.ts';

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
    ['LIMIT Document size limit is exceeded'],
    ['BUSY Redis is busy running a script.'],
    ['ERR max number of clients reached'],
    ['CLUSTERDOWN Hash slot not served'],
    ['CLUSTERDOWN The cluster is down'],
    ['TRYAGAIN Multiple keys request during rehashing of slot'],
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

describe('isReplica', () => {
  it.each([
    ["READONLY You can't write against a read only replica.", true],
    ['NOREPLICAS Not enough good replicas to write.', false],
  ])('%s: %s', (words, replica) => {
    expect(isReplica(storeError(refusal(words)))).toBe(replica);
  });

  it('needs an answer of Redis', () => {
    expect(isReplica(storeError(new Error('READONLY')))).toBe(false);
  });
});

it.each([
  'MOVED 3999 10.0.0.7:6381',
  'ASK 3999 10.0.0.7:6381',
  "CROSSSLOT Keys in request don't hash to the same slot",
])('cluster mode is its own kind: %s', (words) => {
  expect(storeError(refusal(words))).toBeInstanceOf(ClusterMode);
});
