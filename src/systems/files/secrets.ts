/** The one reader of secrets: from variables, files and pipes, for every system. */
import { isSecret, type Json } from '../../plan/call.ts';
import { Problem } from '../../problem.ts';
import type { Secret } from '../../secret.ts';
import { readGiven } from './given-file.ts';

/** Where a variable comes from that `.env` has set. */
interface Origin {
  readonly value: string;
  readonly line: number;
  /** An unquoted # ends it. */
  readonly cut: boolean;
}

interface Sources {
  readonly variables: NodeJS.ProcessEnv;
  readonly dotenv: ReadonlyMap<string, Origin>;
  readonly signal?: AbortSignal;
  /** True for a file in redisdemo's own folder, which is never a pipe and belongs to nobody else. */
  readonly isStored?: (file: string) => boolean;
}

/** Of this process: there is one call of the CLI in it. */
let sources: Sources = { variables: process.env, dotenv: new Map() };

/** Before anything is read: with `.env`, variables are more than what this process has. */
export function lookUpSecretsIn(found: Sources): void {
  sources = found;
}

/**
 * What a text means as a secret, in variables and files alike: without one byte order mark at its beginning and without
 * line breaks at its end, which editors, `echo` and `kubectl create secret` add. service/src/text/secret-value.ts has the same rule.
 */
export function secretValue(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/(?<![\r\n])[\r\n]+$/, '');
}

/** Every value that was read in this process. */
const values = new Set<string>();
/** A single character is part of any text. */
const SHORTEST = 2;
const HIDDEN = '***';

/** For the moment of its use. Throws a Problem. */
export async function readSecret(secret: Secret): Promise<string> {
  const value = 'variable' in secret && secret.value ? secret.value() : secretValue(await textOf(secret));
  values.add(value);
  return value;
}

/**
 * Text from another system, without the secrets that redisdemo has read: whoever was sent one can repeat it in an error.
 * To be called on the whole text, because what is left of a secret that was cut in two is not found.
 */
export function withoutSecrets(text: string): string {
  return without(values, text);
}

/** The text without some values, in the forms that they have in text, in JSON and in URLs. */
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

/** What may be wrong with a password that was refused, in sentences without it; undefined when nothing is odd. */
export async function describeSecret(secret: Secret): Promise<string | undefined> {
  const text = await textOf(secret).catch(() => undefined);
  if (text === undefined) return undefined;
  const found = 'variable' in secret ? sources.dotenv.get(secret.variable) : undefined;
  // A pipe may have taken its place.
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

/** The same JSON with the values of its secrets, for the moment of sending it. */
export async function withSecrets(value: Json): Promise<unknown> {
  if (isSecret(value)) return readSecret(value.$secret);
  if (Array.isArray(value)) return Promise.all(value.map((item: Json) => withSecrets(item)));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(async ([name, item]) => [name, await withSecrets(item as Json)] as const);
  return Object.fromEntries(await Promise.all(members));
}
