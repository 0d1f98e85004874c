import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { OURS } from '../../src/cli/environment.ts';
import { readConnection, redisSettings, serveSettings, smokeSettings } from '../../src/cli/options.ts';
import { allSettings } from '../all-settings.ts';

const none = {
  redisHost: undefined,
  redisPort: 6379,
  redisUser: undefined,
  redisPasswordFile: undefined,
  redisTls: undefined,
  redisCaFile: undefined,
};

describe('rules', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
  ])('a duration %s is %d ms', (text, ms) => {
    expect(v.parse(smokeSettings.wait.rule, text)).toBe(ms);
  });

  it.each(['', '30', 's', '1 m', '-1s', '1d'])('%j is no duration', (text) => {
    expect(v.is(smokeSettings.wait.rule, text)).toBe(false);
  });

  it.each([
    ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000'],
    ['https://host/base//', 'https://host/base'],
  ])('the URL %s is taken as %s', (text, url) => {
    expect(v.parse(smokeSettings.url.rule, text)).toBe(url);
  });

  it.each(['127.0.0.1:8000', 'ftp://host', 'http://', 'http:///x', 'http://a b'])('%j is no URL', (text) => {
    expect(v.is(smokeSettings.url.rule, text)).toBe(false);
  });

  it.each(['-1', '65536', '80a', '', '8e3'])('%j is no port', (text) => {
    expect(v.is(serveSettings.port.rule, text)).toBe(false);
  });

  it.each(['redis.example.com', '10.0.0.1', '::1', 'fe80::1%eth0', '::ffff:10.0.0.1', '2001:DB8::1'])(
    '%j is a valid host',
    (text) => {
      expect(v.is(redisSettings.redisHost.rule, text)).toBe(true);
    },
  );

  it.each([':', '1:2', '::1]', '::g', 'host:6379', '[::1]', 'redis://host', 'user@host', 'a b', ''])(
    '%j is not a valid host',
    (text) => {
      expect(v.is(redisSettings.redisHost.rule, text)).toBe(false);
    },
  );
});

const all = await allSettings();

describe('every setting', () => {
  it('that is a secret is no flag', () => {
    expect(all.filter(({ flag }) => /password(?!-file)[^\n]* <|secret|token/.test(flag))).toEqual([]);
  });

  it('has a default that its own rule takes', () => {
    const refused = all.filter(({ rule, fallback }) => rule && fallback !== undefined && !v.is(rule, fallback));
    expect(refused).toEqual([]);
  });

  it('has a variable that OURS matches, so that an empty one counts as not set', () => {
    const variables = all.flatMap(({ variable }) => variable ?? []);
    expect(variables).toContain('PORT');
    expect(variables.filter((variable) => !OURS.test(variable))).toEqual([]);
  });
});

describe('readConnection', () => {
  it('is absent without a host, whatever else is given', () => {
    expect(readConnection(none, { REDISPASS: 'x' })).toBeUndefined();
  });

  it('names the password and does not carry it', () => {
    const connection = readConnection({ ...none, redisHost: 'h' }, { REDISPASS: 'canary' });
    expect(connection?.password).toEqual({ variable: 'REDISPASS' });
    expect(JSON.stringify(connection)).not.toContain('canary');
  });

  it('takes the file before the variable', () => {
    const connection = readConnection({ ...none, redisHost: 'h', redisPasswordFile: '/f' }, { REDISPASS: 'x' });
    expect(connection?.password).toEqual({ file: '/f' });
  });

  it('means TLS when a certificate authority is given', () => {
    expect(readConnection({ ...none, redisHost: 'h', redisCaFile: '/ca' }, {})?.tls).toBe(true);
  });
});
