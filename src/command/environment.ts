/** The environment of one call: the real one, and what `.env` in the current folder adds to it. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import { secretValue } from '../systems/files/secrets.ts';
import { readDotenv, type Assignment, type UnclearLine } from './dotenv.ts';
export { settingNames } from './variables.ts';
import { looksLikeSetting, settingsMeant } from './variables.ts';

export interface Environment {
  /**
   * What the real environment has, and the settings of redisdemo from `.env` that it does not have. Other variables in
   * `.env` have no effect, on redisdemo and on the programs that it starts: whoever wrote the file of a folder must not
   * choose which program runs and whom it trusts. An empty setting counts as not set.
   */
  readonly variables: NodeJS.ProcessEnv;
  readonly dotenv: ReadonlyMap<string, Assignment>;
  /** What a person should know about `.env`, one sentence each. Names and lines, never values. */
  readonly remarks: readonly string[];
}

const FILE = '.env';
const SIZE_LIMIT = 1024 * 1024;

/** Two names for one setting: `.env` must not override with one what the environment sets with the other. */
const SAME: Readonly<Record<string, string>> = {
  REDISPASS: 'REDISPASS_FILE',
  REDISPASS_FILE: 'REDISPASS',
  REDISCA: 'REDISCA_FILE',
  REDISCA_FILE: 'REDISCA',
};

/** @throws Problem `bad_file` when `.env` cannot be read, `bad_setting` for an unclear line that sets a setting */
export function loadEnvironment(real: NodeJS.ProcessEnv, names: ReadonlySet<string>, folder = '.'): Environment {
  const own = Object.fromEntries(Object.entries(real).filter(([name, value]) => value !== '' || !names.has(name)));
  const { text, remark } = readFile(join(folder, FILE));
  const { assignments, unclear } = readDotenv(text);
  for (const line of unclear) refuseSetting(line, names);
  const isFree = (name: string): boolean => own[name] === undefined && own[SAME[name] ?? ''] === undefined;
  const settings = assignments.filter(({ name }) => names.has(name) && isFree(name));
  const last = new Map(settings.map((assignment) => [assignment.name, assignment]));
  const dotenv = new Map([...last].filter(([, { value }]) => value !== ''));
  const variables = { ...own, ...Object.fromEntries([...dotenv].map(([name, { value }]) => [name, value])) };
  // Child programs inherit the variable and must read the same password.
  if (variables['REDISPASS'] !== undefined) variables['REDISPASS'] = secretValue(variables['REDISPASS']);
  return {
    variables,
    dotenv,
    remarks: [
      ...(remark === undefined ? [] : [remark]),
      ...assignments.flatMap((assignment) => unreadRemark(assignment, names)),
      ...[...last.values()].filter(({ cut }) => cut).map(cutRemark),
    ],
  };
}

/** Opened without waiting: a named pipe would block the command until somebody writes to it. */
function readFile(path: string): { readonly text: string; readonly remark?: string } {
  let file: number | undefined;
  try {
    // Windows has no such flag, and no pipe in a folder.
    file = openSync(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      const kind = stats.isDirectory() ? 'a folder' : stats.isFIFO() ? 'a named pipe' : 'a device';
      return { text: '', remark: `${FILE} is ${kind}, not a file: no settings are read from it.` };
    }
    if (stats.size > SIZE_LIMIT) throw unreadable(`it is larger than ${String(SIZE_LIMIT)} bytes`);
    return { text: decode(readFileSync(file)) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { text: '' };
    // A socket in the file system, and on Windows a folder.
    if (code === 'ENXIO' || code === 'EISDIR')
      return { text: '', remark: `${FILE} is not a file: no settings are read from it.` };
    throw unreadable(message);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function unreadable(why: string): Problem {
  return new Problem('bad_file', {
    message: `${FILE} cannot be read: ${why}`,
    hint: 'Fix the file or its permissions, or work in another folder.',
  });
}

/** UTF-8, or UTF-16 as Windows' editors and PowerShell write it; the byte order mark is not part of the text. */
function decode(bytes: Buffer): string {
  const [first = -1, second = -1] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first > 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second > 0);
  return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8').decode(bytes);
}

/** A setting that is silently lost would mean a service without its database. Other unclear lines are skipped. */
function refuseSetting({ line, text, why }: UnclearLine, names: ReadonlySet<string>): void {
  const name = [...names].find((setting) => setsSomehow(setting).test(text));
  if (name === undefined) return;
  throw new Problem('bad_setting', {
    message: `${FILE}, line ${String(line)}: ${name} cannot be read, because ${why}.`,
    hint: `Write it as ${name}=value, with the value in quotes if it has spaces, quotes or # in it.`,
  });
}

/** In a shell's words, in JSON, or without a mark between name and value. `$REDISHOST` uses a setting and does not set it. */
function setsSomehow(setting: string): RegExp {
  return new RegExp(String.raw`(?<![$\w{])${setting}["']?[ \t]*[:=]|^[ \t]*(?:\w+[ \t]+)?${setting}[ \t]`);
}

function unreadRemark({ name, line }: Assignment, names: ReadonlySet<string>): string[] {
  const settings = settingsMeant(name, names);
  const where = `${FILE}, line ${String(line)}:`;
  if (settings.length > 0) return [`${where} ${name} is not read. Set ${settings.join(', ')} instead.`];
  if (name === 'REDISDEMO_HOME')
    return [`${where} REDISDEMO_HOME is read from the environment only, because the folder decides whom to trust.`];
  return looksLikeSetting(name, names) ? [`${where} ${name} is not read: redisdemo has no such setting.`] : [];
}

function cutRemark({ name, line }: Assignment): string {
  return `${FILE}, line ${String(line)}: the value of ${name} ends before the unquoted #. If # is part of the value, put the value in quotes.`;
}
