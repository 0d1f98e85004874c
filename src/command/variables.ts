/** The variables that are settings of redisdemo, and the names that people use in their place. */
import type { Connection } from '../connection.ts';
import type { Invocation } from './invocation.ts';

/** Without REDISDEMO_HOME: it holds trusted certificates, so whoever wrote a folder's `.env` must not choose it. */
const COMMON: readonly string[] = [
  ...['REDISHOST', 'REDISPORT', 'REDISUSER', 'REDISPASS', 'REDISPASS_FILE', 'REDISTLS', 'REDISCA', 'REDISCA_FILE'],
  ...['PORT', 'LISTEN_HOST', 'REDISDEMO_URL', 'REDISDEMO_TIMEOUT', 'REDISDEMO_DB', 'REDISDEMO_TARGET'],
  ...['BODY_LIMIT', 'MEMORY_LIMIT', 'REQUEST_TIMEOUT_MS', 'SLOW_REQUEST_MS', 'LOG_REQUESTS'],
  ...['REDIS_REPLY_TIMEOUT_MS', 'REDIS_SILENCE_MS'],
];

/** Stages list theirs in their records, so that no command loads the options of others (test/unit/options.test.ts). */
export function settingNames(stages: readonly { readonly variables: readonly string[] }[]): ReadonlySet<string> {
  return new Set([...COMMON, ...stages.flatMap(({ variables }) => variables)]);
}

const WHOLE_URL = ['REDISHOST', 'REDISPORT', 'REDISUSER', 'REDISPASS', 'REDISTLS'] as const;

/** What follows REDIS in the names that other programs, hosting services and charts use, without underscores. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  ...meaning(WHOLE_URL, 'URL', 'URI', 'DSN', 'TLSURL', 'CONNECTION', 'CONNECTIONSTRING', 'CONNECTIONURL', 'ENDPOINT'),
  ...meaning(['REDISHOST'], 'HOST', 'HOSTNAME', 'ADDR', 'ADDRESS', 'SERVER', 'MASTERHOST', 'HOSTS'),
  ...meaning(['REDISPORT'], 'PORT', 'PORTNUMBER'),
  ...meaning(['REDISUSER'], 'USER', 'USERNAME', 'LOGIN'),
  ...meaning(['REDISPASS'], 'PASS', 'PASSWORD', 'PASSWD', 'PWD', 'AUTH', 'CLIAUTH', 'AUTHTOKEN', 'SECRET', 'TOKEN'),
  ...meaning(['REDISPASS_FILE'], 'PASSFILE', 'PASSWORDFILE'),
  ...meaning(['REDISTLS'], 'TLS', 'SSL', 'USETLS', 'USESSL', 'TLSENABLED', 'SSLENABLED'),
  ...meaning(['REDISCA_FILE'], 'CAFILE', 'CACERT', 'CACERTS', 'TLSCA', 'SSLCA', 'TLSCAFILE', 'TLSCACERT', 'SSLCACERTS'),
};

function meaning(
  settings: readonly string[],
  ...words: readonly string[]
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(words.map((word) => [word, settings]));
}

/** The settings that a name probably means; empty for a setting itself and for names that have nothing to do with Redis. */
export function settingsMeant(name: string, settings: ReadonlySet<string>): readonly string[] {
  if (settings.has(name)) return [];
  const flat = name.toUpperCase().replace(/[_.-]/g, '');
  const exact = [...settings].filter((setting) => setting.replaceAll('_', '') === flat);
  // `port` and `Port` are everybody's.
  if (exact.length > 0 && flat !== 'PORT') return exact;
  const [, word = ''] = /^(?:MY|THE|APP)?(?:REDIS|VALKEY)(?:CLOUD|DB|SERVER)?(.+)$/.exec(flat) ?? [];
  if (Object.hasOwn(WORDS, word)) return WORDS[word] ?? [];
  return [...settings].filter((setting) => setting.startsWith('REDIS') && isTypo(flat, setting.replaceAll('_', '')));
}

/** One character more, less or different, or two neighbours swapped. */
function isTypo(one: string, other: string): boolean {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  const shorter = Math.min(one.length, other.length) - start;
  while (end < shorter && one.at(-1 - end) === other.at(-1 - end)) end++;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  return (left.length <= 1 && right.length <= 1) || (left.length === 2 && left === right.charAt(1) + right.charAt(0));
}

/** True for a name that can only be meant for redisdemo. */
export function looksLikeSetting(name: string, settings: ReadonlySet<string>): boolean {
  return name.startsWith('REDISDEMO_') && !settings.has(name);
}

/** Reports variables for a Redis that have no effect. */
export function sayUnread(
  connection: Connection | undefined,
  { environment, settingNames, report }: Pick<Invocation, 'environment' | 'settingNames' | 'report'>,
): void {
  const unread = unreadVariables(environment, settingNames, connection);
  if (unread !== undefined) report.say(unread, 'note');
}

/** One sentence with names only; undefined when there are none. Variables whose setting has a value are left out. */
export function unreadVariables(
  environment: NodeJS.ProcessEnv,
  names: ReadonlySet<string>,
  connection?: Connection,
): string | undefined {
  const unread = Object.keys(environment)
    .filter((name) => environment[name])
    .map((name) => ({ name, settings: settingsMeant(name, names) }))
    .filter(({ settings }) => {
      return settings.length > 0 && !settings.some((setting) => hasValue(setting, environment, connection));
    });
  if (unread.length > 0) {
    const settings = [...new Set(unread.flatMap((variable) => variable.settings))];
    const list = unread.map(({ name }) => name).join(', ');
    return `${list} ${unread.length === 1 ? 'is' : 'are'} set, but redisdemo does not read ${unread.length === 1 ? 'it' : 'them'}. Set ${settings.join(', ')} instead.`;
  }
  const alone = ['REDISPASS', 'REDISPASS_FILE'].filter((name) => environment[name]);
  if (connection || alone.length === 0) return undefined;
  return `${alone.join(' and ')} ${alone.length === 1 ? 'has' : 'have'} no effect, because REDISHOST is not set.`;
}

function hasValue(setting: string, environment: NodeJS.ProcessEnv, connection: Connection | undefined): boolean {
  if (environment[setting]) return true;
  if (!connection) return false;
  // These have a value in every connection, given or not.
  if (setting === 'REDISHOST') return true;
  if (setting === 'REDISPASS' || setting === 'REDISPASS_FILE') return connection.password !== undefined;
  return setting === 'REDISTLS' && connection.tls;
}
