/** The service's settings, read from the environment once at the start. */
import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import * as v from 'valibot';
import { readSecretFile, rereadSecret, secretValue } from './text/secret-value.ts';

const MEBIBYTE = 1024 * 1024;

const flag = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], 'must be true or false'),
  v.transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
);

/** People set it in the place of a part of it. What it holds is not repeated: there can be a password in it. */
const noUrl = v.check<string, string>(
  (text) => !text.includes('://'),
  'is a URL. Set its parts: REDISHOST, REDISPORT, REDISUSER, REDISPASS, and REDISTLS=true for rediss://',
);

const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${String(min)} to ${String(max)}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d+$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
};

const hostName = v.pipe(
  v.string(),
  v.check(
    (host) => /^[^\s/@:[\]]+$/.test(host) || isIPv6(host),
    'must be a host name or an IP address, without scheme, user or port',
  ),
);

/** A part of a Redis URL. */
const part = <T>(rule: v.GenericSchema<string, T>) => v.pipe(v.string(), noUrl, rule);

/** Variable by variable: what it accepts, and what it is when it is not set. An empty variable counts as not set. */
const environment = v.object({
  PORT: v.optional(wholeNumber(0, 65_535), '8000'),
  LISTEN_HOST: v.optional(hostName, '127.0.0.1'),
  REDISHOST: v.optional(part(hostName)),
  REDISPORT: v.optional(part(wholeNumber(1, 65_535)), '6379'),
  REDISUSER: v.optional(v.string()),
  REDISPASS: v.optional(v.string()),
  REDISPASS_FILE: v.optional(v.string()),
  REDISTLS: v.optional(flag),
  REDISCA: v.optional(v.string()),
  REDISCA_FILE: v.optional(v.string()),
  REDIS_REPLY_TIMEOUT_MS: v.optional(wholeNumber(100, 3_600_000), '3000'),
  REDIS_SILENCE_MS: v.optional(wholeNumber(100, 3_600_000), '1000'),
  BODY_LIMIT: v.optional(wholeNumber(1, 1024 * MEBIBYTE), String(MEBIBYTE)),
  MEMORY_LIMIT: v.optional(wholeNumber(1024, 1024 * MEBIBYTE), String(64 * MEBIBYTE)),
  REQUEST_TIMEOUT_MS: v.optional(wholeNumber(100, 3_600_000), '30000'),
  SLOW_REQUEST_MS: v.optional(wholeNumber(0, 3_600_000), '1000'),
  LOG_REQUESTS: v.optional(flag, 'false'),
  INSTANCE: v.optional(v.string()),
});

export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  /** Looked up for each connection: the file that it comes from can change. */
  readonly password?: (() => string) | undefined;
  readonly tls: boolean;
  /** PEM. Without it the system's certificate authorities decide. */
  readonly ca?: string | undefined;
}

/** In milliseconds: docs/adr/0011-slow-is-not-down.md. */
export interface ReplyLimits {
  /** How long a request waits for the reply to its command. */
  readonly replyMs: number;
  /** With a reply due, no byte moves for this long: the connection is silent. */
  readonly silenceMs: number;
}

export type Settings = ReturnType<typeof readSettings>;

/** Wrong settings, all of them at once: one line a variable. */
export class SettingsError extends Error {}

export function readSettings(variables: NodeJS.ProcessEnv) {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const problems: string[] = [];
  const result = v.safeParse(environment, set);
  if (!result.success) {
    for (const issue of result.issues) problems.push(`${v.getDotPath(issue) ?? ''} ${issue.message}`);
  }
  const secrets = set['REDISHOST'] === undefined ? {} : readSecrets(set, problems);
  if (!result.success || problems.length > 0) throw new SettingsError(problems.join('\n'));
  const env = result.output;
  return {
    port: env.PORT,
    host: env.LISTEN_HOST,
    /** Absent: users are kept in memory. */
    redis: readRedis(env, secrets),
    replyLimits: { replyMs: env.REDIS_REPLY_TIMEOUT_MS, silenceMs: env.REDIS_SILENCE_MS } satisfies ReplyLimits,
    /** Bytes. */
    bodyLimit: env.BODY_LIMIT,
    /** Bytes of all users together, when they are kept in memory. */
    memoryLimit: env.MEMORY_LIMIT,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    slowRequestMs: env.SLOW_REQUEST_MS,
    logRequests: env.LOG_REQUESTS,
    /** A name for this process, which /health repeats: whoever started it finds it again by that. */
    instance: env.INSTANCE,
  };
}

type Secrets = Pick<RedisSettings, 'password' | 'ca'>;

function readRedis(env: v.InferOutput<typeof environment>, { password, ca }: Secrets): RedisSettings | undefined {
  const { REDISHOST: host, REDISPORT: port, REDISUSER: user, REDISTLS: tls = ca !== undefined } = env;
  return host === undefined ? undefined : { host, port, user, password, tls, ca };
}

/** What may be given in a file. What is wrong is added to the problems. */
function readSecrets(set: NodeJS.ProcessEnv, problems: string[]): Secrets {
  const ca = oneOf('REDISCA', set, problems)?.();
  if (ca !== undefined && v.is(flag, set['REDISTLS']) && !v.parse(flag, set['REDISTLS'])) {
    problems.push('REDISTLS is false, but a certificate authority is given: set REDISTLS=true or take REDISCA away');
  }
  if (ca !== undefined && !isCertificate(ca)) {
    problems.push(`${set['REDISCA'] === undefined ? 'REDISCA_FILE' : 'REDISCA'} holds no PEM certificate`);
  }
  return { password: oneOf('REDISPASS', set, problems), ca };
}

/** A value given in NAME, or in the file that NAME_FILE names: a mounted secret. */
function oneOf(name: string, set: NodeJS.ProcessEnv, problems: string[]): (() => string) | undefined {
  const value = set[name];
  const file = set[`${name}_FILE`];
  if (value !== undefined) {
    if (file !== undefined) problems.push(`${name} and ${name}_FILE are both set: keep one`);
    const secret = secretValue(value);
    return secret === '' ? undefined : () => secret;
  }
  if (file === undefined) return undefined;
  try {
    return rereadSecret(file, readSecretFile(file));
  } catch (error) {
    // Only the code: somebody may have put the secret itself where the name of its file belongs.
    problems.push(`${name}_FILE names a file that cannot be read (${(error as NodeJS.ErrnoException).code ?? ''})`);
    return undefined;
  }
}

/** TLS would take anything, and trust nothing. */
function isCertificate(pem: string): boolean {
  try {
    return pem.includes('-----BEGIN CERTIFICATE-----') && new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
