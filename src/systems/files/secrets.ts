/** The only reader of secrets: from variables, files and pipes. */
import { isSecret, type Json } from '../../plan/call.ts';
import { Problem } from '../../problem.ts';
import type { Secret } from '../../secret.ts';
import { readGiven } from './given-file.ts';

interface Origin {
  readonly value: string;
  readonly line: number;
  /** Cut at an unquoted #. */
  readonly cut: boolean;
}

interface Sources {
  readonly variables: NodeJS.ProcessEnv;
  readonly dotenv: ReadonlyMap<string, Origin>;
  readonly signal?: AbortSignal;
  /** True for a file in the state folder, which is never a pipe and belongs to nobody else. */
  readonly isStored?: (file: string) => boolean;
}

/** Global, because a process runs one command. */
let sources: Sources = { variables: process.env, dotenv: new Map() };

/** Call it before anything is read: `.env` adds to the variables of this process. */
export function lookUpSecretsIn(found: Sources): void {
  sources = found;
}

/**
 * Strips a byte order mark, and final line breaks as from editors, `echo` and `kubectl create secret`.
 * service/src/text/secret-value.ts has the same rule.
 */
export function secretValue(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/(?<![\r\n])[\r\n]+$/, '');
}

const values = new Set<string>();
/** A single character is part of any text. */
const SHORTEST = 2;
const HIDDEN = '***';

/** Call it at the moment of use. Throws a Problem. */
export async function readSecret(secret: Secret): Promise<string> {
  const value = 'variable' in secret && secret.value ? secret.value() : secretValue(await textOf(secret));
  values.add(value);
  return value;
}

/**
 * Removes the secrets that redisdemo has read: another system can repeat them in an error. Needs the whole text: half a
 * secret is not found.
 */
export function withoutSecrets(text: string): string {
  return without(values, text);
}

/** Removes values in the forms that they have in text, JSON and URLs. */
export function without(hidden: Iterable<string>, text: string): string {
  const forms = [...hidden].flatMap((value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
  ]);
  return [...new Set(forms)]
    .filter(({ length }) => length >= SHORTEST)
    .sort((one, other) => other.length - one.length)
    .reduce((rest, form) => rest.replaceAll(form, () => HIDDEN), text);
}

async function textOf(secret: Secret): Promise<string> {
  if ('variable' in secret) {
    const value = sources.variables[secret.variable];
    if (value !== undefined) return value;
    throw new Problem('bad_setting', { message: `The variable ${secret.variable} is not set.` });
  }
  if (sources.isStored?.(secret.file) === true) {
    const { readPrivate } = await import('./private-files.ts');
    const text = await readPrivate(secret.file);
    if (text !== undefined) return text;
  }
  const read = await readGiven(secret.file, sources.signal);
  if (read.kind === 'ok') return read.value.text;
  throw new Problem('bad_file', {
    message: `The password file ${secret.file} cannot be read: ${read.reason}.`,
    hint: 'Give a file that you may read. If redisdemo made that file and it is lost: redisdemo down, then redisdemo up',
  });
}

/** What may be wrong with a refused password, in sentences without it; undefined when nothing is odd. */
export async function describeSecret(secret: Secret): Promise<string | undefined> {
  const text = await textOf(secret).catch(() => undefined);
  if (text === undefined) return undefined;
  const found = 'variable' in secret ? sources.dotenv.get(secret.variable) : undefined;
  // A pipe may have replaced the file.
  const origin = found && secretValue(found.value) === secretValue(text) ? found : undefined;
  const value = secretValue(text);
  const end = origin?.cut === true ? ', where an unquoted # ends it: put it in quotes if # is part of it' : '';
  const odd = ODDITIES.filter(({ sign }) => sign.test(value)).map(({ words }) => words);
  if (origin && value.includes('$')) odd.push('has a $ in it, which .env does not replace');
  const sentences = [
    ...(origin ? [`The password is from .env, line ${String(origin.line)}${end}.`] : []),
    ...(odd.length > 0 ? [`The password ${odd.join(', ')}.`] : []),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

const ODDITIES: readonly { readonly sign: RegExp; readonly words: string }[] = [
  { sign: /^$/, words: 'is empty' },
  { sign: /[\r\n]/, words: 'has a line break inside' },
  { sign: /^[ \t]|[ \t]$/, words: 'begins or ends with a space' },
  { sign: /^(["'`]).*\1$/s, words: 'is in quotes, which count as part of it' },
  { sign: /^\ufeff/, words: 'begins with a byte order mark' },
  { sign: /[\u200b-\u200f\u00a0\u2028\u2029\u2060]|.\ufeff/, words: 'has an invisible character in it' },
  // eslint-disable-next-line no-control-regex -- these are what it is about
  { sign: /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/, words: 'has a control character in it' },
  { sign: /\ufffd/, words: 'is not UTF-8' },
  { sign: /%[\da-f]{2}/i, words: 'may be percent-encoded, as in a URL' },
];

/** Fills in the secrets, at the moment of sending. */
export async function withSecrets(value: Json): Promise<unknown> {
  if (isSecret(value)) return readSecret(value.$secret);
  if (Array.isArray(value)) return Promise.all(value.map((item: Json) => withSecrets(item)));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(async ([name, item]) => [name, await withSecrets(item as Json)] as const);
  return Object.fromEntries(await Promise.all(members));
}
