import { resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { readConnection, redisSettings, serveSettings, smokeSettings } from '../../src/command/options.ts';
import { settingNames, settingsMeant, unreadVariables } from '../../src/command/variables.ts';
import { STAGES } from '../../src/stages.ts';
import { PASSED_ON } from '../../src/running-service/variables.ts';
import { allSettings } from '../support/all-settings.ts';

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

  it.each([':', '1:2', '::1]', '::g', 'host:6379', '[::1]', 'redis://host', 'user@host', 'a b', '', '${HOST}'])(
    '%j is not a valid host',
    (text) => {
      expect(v.is(redisSettings.redisHost.rule, text)).toBe(false);
    },
  );
});

const all = await allSettings();
const SETTINGS = settingNames(STAGES);

describe('a path', () => {
  it.each(['', '~', '~/password', 'rediss://u:p@h', 'a\0b'])('%j is refused', (text) => {
    expect(v.is(redisSettings.redisCaFile.rule, text)).toBe(false);
  });

  it.each(['password', './~/a', '~a', '/dev/fd/63'])('%j is taken', (text) => {
    expect(v.parse(redisSettings.redisCaFile.rule, text)).toBe(resolve(text));
  });
});

describe('every setting', () => {
  it('that is a secret is no flag', () => {
    expect(all.filter(({ flag }) => /password(?!-file)[^\n]* <|secret|token/.test(flag))).toEqual([]);
  });

  it('has a default that its own rule takes', () => {
    const refused = all.filter(({ rule, fallback }) => rule && fallback !== undefined && !v.is(rule, fallback));
    expect(refused).toEqual([]);
  });

  it('has a variable that is in the list of those that .env can set', () => {
    const variables = all.flatMap(({ variable }) => variable ?? []);
    expect(variables).toContain('PORT');
    expect(variables.filter((variable) => !SETTINGS.has(variable))).toEqual([]);
  });

  it('in that list is read by a command, by the service, or holds a secret', () => {
    const known = new Set([...all.flatMap(({ variable }) => variable ?? []), ...PASSED_ON, 'REDISPASS', 'REDISCA']);
    expect([...SETTINGS].filter((name) => !known.has(name))).toEqual([]);
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

describe('a name in place of a setting', () => {
  it.each([
    ['REDIS_URL', 'REDISHOST'],
    ['REDIS_HOST', 'REDISHOST'],
    ['REDIS_PORT', 'REDISPORT'],
    ['REDIS_PASS', 'REDISPASS'],
    ['REDISPASSWORD', 'REDISPASS'],
    ['REDIS_PASSWORD', 'REDISPASS'],
    ['REDISCLI_AUTH', 'REDISPASS'],
    ['REDIS_USERNAME', 'REDISUSER'],
    ['REDIS_SSL', 'REDISTLS'],
    ['REDIS_CA_CERT', 'REDISCA_FILE'],
    ['REDISCLOUD_URL', 'REDISHOST'],
    ['redishost', 'REDISHOST'],
    ['REDISHOTS', 'REDISHOST'],
    ['REDISPAS', 'REDISPASS'],
    ['REDISDEMO_DBS', 'REDISDEMO_DB'],
  ])('%s means %s', (name, setting) => {
    expect(settingsMeant(name, SETTINGS)).toContain(setting);
  });

  it.each([
    ...SETTINGS,
    'PATH',
    'Port',
    'REDIS_VERSION',
    'REDIS_DOWNLOAD_URL',
    'HOST',
    'PASSWORD',
    'REDISINSIGHT_PORT',
  ])('%s means nothing else', (name) => {
    expect(settingsMeant(name, SETTINGS)).toEqual([]);
  });

  it('is reported with what to set instead, until that has a value', () => {
    const url = unreadVariables({ REDIS_URL: 'redis://canary', REDIS_PASSWORD: '' }, SETTINGS);
    expect(url).toBe(
      'REDIS_URL is set, but redisdemo does not read it. Set REDISHOST, REDISPORT, REDISUSER, REDISPASS, REDISTLS instead.',
    );
    expect(unreadVariables({ REDIS_HOST: 'canary', REDISCLI_AUTH: 'canary' }, SETTINGS)).toBe(
      'REDIS_HOST, REDISCLI_AUTH are set, but redisdemo does not read them. Set REDISHOST, REDISPASS instead.',
    );
    expect(unreadVariables({ REDIS_HOST: 'canary', REDISHOST: 'h' }, SETTINGS)).toBeUndefined();
    expect(unreadVariables({ REDIS_URL: 'canary' }, SETTINGS, { host: 'h', port: 6379, tls: false })).toBeUndefined();
  });

  it('REDISPASS without REDISHOST is reported', () => {
    expect(unreadVariables({ REDISPASS: 'canary' }, SETTINGS)).toBe(
      'REDISPASS has no effect, because REDISHOST is not set.',
    );
    expect(unreadVariables({ REDISPASS: 'canary' }, SETTINGS, { host: 'h', port: 6379, tls: false })).toBeUndefined();
  });
});
