import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { oddities } from '../../service/src/text/secret-value.ts';
import { readSettings, SettingsError } from '../../service/src/settings.ts';

const REDIS = { REDISHOST: 'redis.example.com' };
const CERTIFICATE = rootCertificates[0] ?? '';

/** The lines of what is wrong. */
function problems(variables: NodeJS.ProcessEnv): string[] {
  try {
    readSettings(variables);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('nothing set: the memory store on 127.0.0.1:8000', () => {
  expect(readSettings({})).toEqual({
    port: 8000,
    host: '127.0.0.1',
    redis: undefined,
    replyLimits: { replyMs: 3000, silenceMs: 1000 },
    bodyLimit: 1_048_576,
    memoryLimit: 67_108_864,
    requestTimeoutMs: 30_000,
    slowRequestMs: 1000,
    logRequests: false,
  });
});

test('everything set', () => {
  const variables = {
    PORT: '0',
    LISTEN_HOST: '::',
    REDISHOST: 'redis-1.example.com',
    REDISPORT: '12000',
    REDISUSER: 'app',
    REDISPASS: ' p@ss word ',
    REDISCA: CERTIFICATE,
    REDIS_REPLY_TIMEOUT_MS: '100',
    REDIS_SILENCE_MS: '3600000',
    BODY_LIMIT: '1',
    MEMORY_LIMIT: '1024',
    REQUEST_TIMEOUT_MS: '100',
    SLOW_REQUEST_MS: '0',
    LOG_REQUESTS: 'YES',
  };
  const { redis, ...rest } = readSettings(variables);
  expect(redis?.password?.()).toBe(' p@ss word ');
  expect({ ...rest, redis }).toMatchObject({
    port: 0,
    host: '::',
    redis: {
      host: 'redis-1.example.com',
      port: 12_000,
      user: 'app',
      tls: true,
      ca: CERTIFICATE,
    },
    replyLimits: { replyMs: 100, silenceMs: 3_600_000 },
    bodyLimit: 1,
    memoryLimit: 1024,
    requestTimeoutMs: 100,
    slowRequestMs: 0,
    logRequests: true,
  });
});

test('an empty variable counts as not set', () => {
  const names = [
    'PORT',
    'LISTEN_HOST',
    'REDISHOST',
    'REDISPORT',
    'REDISPASS',
    'REDISTLS',
    'BODY_LIMIT',
    'MEMORY_LIMIT',
    'LOG_REQUESTS',
  ];
  expect(readSettings(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readSettings({}));
  expect(readSettings({ ...REDIS, REDISPASS: '', REDISUSER: '' }).redis).toEqual(readSettings(REDIS).redis);
});

const WHOLE = 'must be a whole number from';
const HOST = 'must be a host name or an IP address, without scheme, user or port';
const FLAG = 'must be true or false';

test.each([
  ['PORT', ['http', '-1', '65536', '80.5', ' 80', '0x50', '1e3'], `${WHOLE} 0 to 65535`],
  ['LISTEN_HOST', ['http://localhost', 'a b', 'me@host', 'localhost:80'], HOST],
  ['REDISHOST', ['h:6379', 'user@h', 'h/0', '[::1]', ' h'], HOST],
  ['REDISPORT', ['0', '65536', 'redis'], `${WHOLE} 1 to 65535`],
  ['REDISTLS', ['maybe', '2', 'rediss'], FLAG],
  ['BODY_LIMIT', ['0', '-1', '4MB', '1073741825'], `${WHOLE} 1 to 1073741824`],
  ['MEMORY_LIMIT', ['1023', '-1', '64MB', '1073741825'], `${WHOLE} 1024 to 1073741824`],
  ['REQUEST_TIMEOUT_MS', ['99', '3600001', '30s'], `${WHOLE} 100 to 3600000`],
  ['REDIS_REPLY_TIMEOUT_MS', ['99', '3600001', 'fast'], `${WHOLE} 100 to 3600000`],
  ['REDIS_SILENCE_MS', ['0', '3600001'], `${WHOLE} 100 to 3600000`],
  ['SLOW_REQUEST_MS', ['-1', '3600001', 'fast'], `${WHOLE} 0 to 3600000`],
  ['LOG_REQUESTS', ['maybe', '-'], FLAG],
])('%s refuses %j', (name, values, message) => {
  for (const value of values) expect(problems({ ...REDIS, [name]: value })).toEqual([`${name} ${message}`]);
});

test.each([
  ['true', true],
  ['1', true],
  ['Yes', true],
  ['ON', true],
  ['false', false],
  ['0', false],
  ['No', false],
  ['off', false],
])('the flag %s is %s', (word, value) => {
  expect(readSettings({ LOG_REQUESTS: word }).logRequests).toBe(value);
});

test.each(['localhost', '10.0.0.1', '::1', 'fe80::1', 'redis-12000.c1.eu-west-1.ec2.example.com', 'host_name'])(
  'the host %s is taken',
  (host) => {
    expect(readSettings({ REDISHOST: host }).redis?.host).toBe(host);
  },
);

test('all that is wrong is said at once', () => {
  const variables = {
    PORT: 'http',
    REDISHOST: 'h/0',
    REDISPASS: 'a',
    REDISPASS_FILE: '/b',
    REDISCA_FILE: '/absent/ca.pem',
    BODY_LIMIT: '4MB',
  };
  expect(problems(variables).map((line) => line.split(' ')[0])).toEqual([
    'PORT',
    'REDISHOST',
    'BODY_LIMIT',
    'REDISCA_FILE',
    'REDISPASS',
  ]);
});

const URL_ANSWER =
  'is a URL. Set its parts: REDISHOST, REDISPORT, REDISUSER, REDISPASS, and REDISTLS=true for rediss://';

test.each(['REDISHOST', 'REDISPORT'])('a whole URL in %s is answered with the settings it belongs to', (name) => {
  expect(problems({ ...REDIS, [name]: 'rediss://app:s3cret@h:6380' })).toContain(`${name} ${URL_ANSWER}`);
});

test('no value of a variable is in what is said about it', () => {
  const values = [
    's3cret',
    'redis://:s3cret@h',
    'tcp://s3cret:1',
    '"s3cret"',
    's3cret\n@',
    '/s3cret',
    's3cret/x:1',
    '[s3cret]',
  ];
  const names = [
    ...[
      'PORT',
      'LISTEN_HOST',
      'REDISHOST',
      'REDISPORT',
      'REDISUSER',
      'REDISPASS',
      'REDISPASS_FILE',
      'REDISTLS',
      'REDISCA',
    ],
    ...['REDISCA_FILE', 'REDIS_REPLY_TIMEOUT_MS', 'BODY_LIMIT', 'MEMORY_LIMIT', 'REQUEST_TIMEOUT_MS', 'LOG_REQUESTS'],
  ];
  for (const name of names) {
    for (const value of values) expect(problems({ ...REDIS, [name]: value }).join('\n')).not.toContain('s3cret');
  }
});

test.each([
  ['line breaks at its end', 'pw\n\r\n\n', 'pw'],
  ['a byte order mark', '\ufeffpw', 'pw'],
  ['white space that belongs to it', ' p w\t\n', ' p w\t'],
  ['line breaks at its beginning', '\npw', '\npw'],
])('the password is read alike from a variable and from a file: %s', (_what, text, password) => {
  const dir = mkdtempSync(join(tmpdir(), 'redisdemo-secret-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const file = join(dir, 'password');
  writeFileSync(file, text);
  expect(readSettings({ ...REDIS, REDISPASS: text }).redis?.password?.()).toBe(password);
  expect(readSettings({ ...REDIS, REDISPASS_FILE: file }).redis?.password?.()).toBe(password);
});

test('the file of the password is read again, and its last value counts while it is away', () => {
  const dir = mkdtempSync(join(tmpdir(), 'redisdemo-secret-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const file = join(dir, 'password');
  writeFileSync(file, 'old\n');
  const { redis } = readSettings({ ...REDIS, REDISPASS_FILE: file });
  expect(redis?.password?.()).toBe('old');
  writeFileSync(file, 'new\n');
  expect(redis?.password?.()).toBe('new');
  rmSync(file);
  expect(redis?.password?.()).toBe('new');
});

test('what is odd about a secret is told without it', () => {
  expect(oddities('s3cret')).toEqual([]);
  for (const secret of [
    ' s3cret',
    's3\ncret',
    '"s3cret"',
    's3%40cret',
    'redis://s3cret',
    '\ufffd\0s3cret',
    '${s3cret}',
  ]) {
    expect(oddities(secret)).not.toEqual([]);
    expect(oddities(secret).join()).not.toContain('s3');
  }
});
