/** Rules that many options share, and the options of the service, its smoke test and its Redis. */
import { resolve } from 'node:path';
import * as v from 'valibot';
import type { Connection } from '../connection.ts';
import { Problem } from '../problem.ts';
import type { Setting, Values } from './setting.ts';

export const wholeNumber = (min: number, max: number) => {
  const message = `a whole number from ${String(min)} to ${String(max)}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d+$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
};

/** Not node:net's: loading that takes as long as reading all the options. */
const isIPv6 = (text: string): boolean =>
  /^[\da-f:.]+(?:%[\w.-]+)?$/i.test(text) && URL.canParse(`http://[${text.replace(/%[\w.-]+$/, '')}]`);

const hostName = v.pipe(
  v.string(),
  v.check(
    (host) => /^[\p{L}\p{N}_.-]+$/u.test(host) || isIPv6(host),
    'a host name or an IP address, without scheme, user or port',
  ),
);

const serviceUrl = v.pipe(
  v.string(),
  // A user and a password in it would not be used, and shown in every table; a query would end up within the paths.
  v.check(
    (text) => /^https?:\/\/[^/?#@\s]+(?:\/[^?#@\s]*)?$/.test(text) && URL.canParse(text),
    'a URL such as http://127.0.0.1:8000, without user, password or query',
  ),
  v.transform((text) => text.replace(/(?<!\/)\/+$/, '')),
);

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds. */
export const duration = v.pipe(
  v.string(),
  v.regex(/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/, 'a duration such as 30s, 2m or 500ms'),
  v.transform((text) =>
    [...text.matchAll(/(?<![\d.])([\d.]+)(ms|s|m|h)/g)].reduce(
      (sum, [, number = '', unit = '']) => sum + Number(number) * (UNITS_MS[unit] ?? 0),
      0,
    ),
  ),
);

/** `true`, `1` and `on` are taken as well: the service's own variables say so. */
const yesOrNo = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], 'yes or no'),
  v.transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
);

/** A name as `docker pull` takes it: https://github.com/distribution/reference, without its exact rules for each part. */
export const imageName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z\d][\w.-]*(?::\d+)?(?:\/[a-z\d][\w.-]*)*(?::\w[\w.-]{0,127})?(?:@sha256:[\da-f]{64})?$/i,
    'the name of an image, such as redis:8',
  ),
);

/** Absolute: what is printed may be run elsewhere. */
export const filePath = v.pipe(
  v.string(),
  v.check((file) => file !== '' && !/^[a-z][a-z\d+.-]+:\/\//i.test(file) && !file.includes('\0'), 'the path of a file'),
  v.check(
    (file) => !/^~(?:[/\\]|$)/.test(file),
    'a path without ~, which only a shell replaces, and only outside of quotes',
  ),
  v.transform((file) => resolve(file)),
);

const userName = v.pipe(v.string(), v.regex(/^(?!.*:\/\/)[^\s\0]+$/, 'the name of a user, without spaces'));

/** Where Redis is. The password is never an argument: it comes from REDISPASS or from a file. */
export const redisSettings = {
  redisHost: { flag: '--redis-host <host>', variable: 'REDISHOST', words: 'Redis behind the service', rule: hostName },
  redisPort: {
    flag: '--redis-port <port>',
    variable: 'REDISPORT',
    words: 'its port',
    fallback: '6379',
    rule: wholeNumber(1, 65_535),
  },
  redisUser: { flag: '--redis-user <name>', variable: 'REDISUSER', words: 'its user', rule: userName },
  redisPasswordFile: {
    flag: '--redis-password-file <file>',
    variable: 'REDISPASS_FILE',
    words: 'file with the password (or set REDISPASS)',
    rule: filePath,
  },
  redisTls: { flag: '--redis-tls <yes|no>', variable: 'REDISTLS', words: 'use TLS', rule: yesOrNo },
  redisCaFile: {
    flag: '--redis-ca-file <file>',
    variable: 'REDISCA_FILE',
    words: 'certificate authority (PEM); means TLS',
    rule: filePath,
  },
} as const satisfies Record<string, Setting>;

export const serveSettings = {
  port: {
    flag: '--port <port>',
    variable: 'PORT',
    words: 'port to listen on; 0 takes a free one',
    fallback: '8000',
    rule: wholeNumber(0, 65_535),
  },
  host: {
    flag: '--host <address>',
    variable: 'LISTEN_HOST',
    words: 'address to listen on',
    fallback: '127.0.0.1',
    rule: hostName,
  },
  ...redisSettings,
} as const satisfies Record<string, Setting>;

export const smokeSettings = {
  url: {
    flag: '--url <url>',
    variable: 'REDISDEMO_URL',
    words: 'the service to test',
    fallback: 'http://127.0.0.1:8000',
    rule: serviceUrl,
  },
  wait: { flag: '--wait <duration>', words: 'wait this long for the service to be ready', rule: duration },
  junit: { flag: '--junit <file>', words: 'also write the result as JUnit XML', rule: filePath },
  ...redisSettings,
} as const satisfies Record<string, Setting>;

/** undefined without a host (users in memory). A flag's file wins over a variable; two variables throw a Problem. */
export function readConnection(
  values: Values<typeof redisSettings>,
  environment: NodeJS.ProcessEnv,
): Connection | undefined {
  if (values.redisHost === undefined) return undefined;
  const password = oneOf('REDISPASS', values.redisPasswordFile, environment);
  const ca = oneOf('REDISCA', values.redisCaFile, environment);
  const variable = password === undefined ? undefined : { variable: 'REDISPASS' };
  return {
    host: values.redisHost,
    port: values.redisPort,
    user: values.redisUser,
    password: values.redisPasswordFile === undefined ? variable : { file: values.redisPasswordFile },
    tls: values.redisTls ?? (values.redisCaFile ?? ca) !== undefined,
    caFile: values.redisCaFile,
    ca,
  };
}

function oneOf(name: string, file: string | undefined, environment: NodeJS.ProcessEnv): string | undefined {
  const value = environment[name] === '' ? undefined : environment[name];
  const fileVariable = environment[`${name}_FILE`];
  if (value !== undefined && file !== undefined && fileVariable !== undefined && resolve(fileVariable) === file) {
    throw new Problem('bad_usage', {
      message: `${name} and ${name}_FILE are both set.`,
      hint: `Keep one: unset ${name}   or: unset ${name}_FILE`,
    });
  }
  return file === undefined ? value : undefined;
}
