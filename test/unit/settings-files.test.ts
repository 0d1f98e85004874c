/** Settings that may come in files: the password and the certificate authority of Redis. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { readSettings, SettingsError } from '../../service/src/settings.ts';

const REDIS = { REDISHOST: 'redis.example.com' };
const CERTIFICATE = `${rootCertificates[0] ?? ''}\n`;

const dir = mkdtempSync(join(tmpdir(), 'redisdemo-settings-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

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

describe('a secret in a file', () => {
  test.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\n\n', 'secret'],
    [' sec ret \n', ' sec ret '],
  ])('%j is %j', (content, password) => {
    expect(readSettings({ ...REDIS, REDISPASS_FILE: file('password', content) }).redis?.password?.()).toBe(password);
  });

  test('beside an empty variable', () => {
    const variables = { ...REDIS, REDISPASS: '', REDISPASS_FILE: file('password', 'secret') };
    expect(readSettings(variables).redis?.password?.()).toBe('secret');
  });

  test('and in a variable: keep one', () => {
    for (const name of ['REDISPASS', 'REDISCA']) {
      const both = { ...REDIS, [name]: CERTIFICATE, [`${name}_FILE`]: file('both', CERTIFICATE) };
      expect(problems(both)).toEqual([`${name} and ${name}_FILE are both set: keep one`]);
    }
  });

  test('that cannot be read', () => {
    for (const name of ['REDISPASS_FILE', 'REDISCA_FILE']) {
      expect(problems({ ...REDIS, [name]: join(dir, 'absent') })).toEqual([
        `${name} names a file that cannot be read (ENOENT)`,
      ]);
      expect(problems({ ...REDIS, [name]: dir })).toEqual([`${name} names a file that cannot be read (EISDIR)`]);
    }
  });
});

describe('a certificate authority', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIG2\n-----END PRIVATE KEY-----\n';
  const garbage = '-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n';

  test.each([['words'], [key], [garbage]])('that is no certificate is refused: %j', (pem) => {
    expect(problems({ ...REDIS, REDISCA: pem })).toEqual(['REDISCA holds no PEM certificate']);
    expect(problems({ ...REDIS, REDISCA_FILE: file('ca.pem', pem) })).toEqual([
      'REDISCA_FILE holds no PEM certificate',
    ]);
  });

  test('switches TLS on, alone or among others', () => {
    expect(readSettings(REDIS).redis?.tls).toBe(false);
    expect(readSettings({ ...REDIS, REDISTLS: 'true' }).redis?.tls).toBe(true);
    for (const pem of [CERTIFICATE, `# ours\n${CERTIFICATE}${CERTIFICATE}`]) {
      expect(readSettings({ ...REDIS, REDISCA_FILE: file('ca.pem', pem) }).redis?.tls).toBe(true);
    }
  });

  test('beside REDISTLS=false is a contradiction', () => {
    expect(problems({ ...REDIS, REDISCA: CERTIFICATE, REDISTLS: 'off' })).toEqual([
      'REDISTLS is false, but a certificate authority is given: set REDISTLS=true or take REDISCA away',
    ]);
  });
});
