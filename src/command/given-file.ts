/** Files that a person names for a command. They are opened before anything is created; a pipe is read only once. */
import type { Connection } from '../connection.ts';
import type { GivenFile } from '../plan/systems.ts';
import { Problem } from '../problem.ts';
import { secretValue } from '../systems/files/secrets.ts';
import type { Invocation } from './invocation.ts';
import { readConnection, redisSettings } from './options.ts';
import type { Setting, Values } from './setting.ts';

type Files = Pick<Invocation, 'systems'>;

/** Throws a Problem that names the setting and never the path, which may be the password itself. */
async function openGiven(file: string, setting: Setting, { systems }: Files): Promise<GivenFile> {
  const read = await systems.files.readGiven(file);
  if (read.kind === 'ok') return read.value;
  throw unusable(setting, `cannot be read: ${read.reason}`);
}

/** Throws a Problem unless the file holds a password. */
export async function openPassword(file: string, setting: Setting, invocation: Files): Promise<GivenFile> {
  const given = await openGiven(file, setting, invocation);
  if (secretValue(given.text) === '') throw unusable(setting, 'holds no password');
  if (/[\0\ufffd]/.test(given.text)) throw unusable(setting, 'is not text in UTF-8');
  return given;
}

/** The password of something that is about to be created: one line, because a redis.conf has room for no more. */
export async function openNewPassword(
  file: string | undefined,
  setting: Setting,
  { print, ...invocation }: Files & { readonly print: boolean },
): Promise<void> {
  if (file === undefined) return;
  const { text, isPipe } = await openPassword(file, setting, invocation);
  if (/[\r\n]/.test(secretValue(text))) throw unusable(setting, 'holds more than one line');
  if (print && isPipe)
    throw unusable(setting, 'is a pipe, which a printed script cannot read again', 'Put the password into a file');
}

/** Throws a Problem unless the file holds a certificate. */
export async function openAuthority(file: string, setting: Setting, invocation: Files): Promise<GivenFile> {
  const given = await openGiven(file, setting, invocation);
  if (given.text.includes('-----BEGIN CERTIFICATE-----')) return given;
  throw unusable(setting, 'holds no certificate in PEM form');
}

/** Opens the files too. What a pipe held becomes a variable, because the service cannot read the pipe again. */
export async function openConnection(
  values: Values<typeof redisSettings>,
  invocation: Pick<Invocation, 'systems' | 'environment'>,
): Promise<Connection | undefined> {
  const { environment } = invocation;
  let connection = readConnection(values, environment);
  if (connection === undefined) return undefined;
  const { redisPasswordFile: passwordFile, redisCaFile: caFile } = values;
  if (passwordFile !== undefined) {
    const { text, isPipe } = await openPassword(passwordFile, redisSettings.redisPasswordFile, invocation);
    if (isPipe) {
      environment['REDISPASS'] = secretValue(text);
      connection = { ...connection, password: { variable: 'REDISPASS' } };
    }
  }
  if (caFile !== undefined) {
    const { text, isPipe } = await openAuthority(caFile, redisSettings.redisCaFile, invocation);
    if (isPipe) connection = { ...connection, caFile: undefined, ca: text };
  }
  return connection;
}

function unusable({ flag, variable }: Setting, why: string, way?: string): Problem {
  const [name = ''] = flag.split(' ');
  return new Problem('bad_file', {
    message: `The file of ${name}${variable === undefined ? '' : ` (${variable})`} ${why}.`,
    hint: way ?? `Give ${name} the path of a file or a pipe that you may read, not its content.`,
  });
}
