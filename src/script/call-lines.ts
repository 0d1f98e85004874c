/** Calls as the lines of a shell: curl, jq, and programs as they are. */
import type { Secret } from '../secret.ts';
import {
  isFact,
  isSecret,
  pieces,
  type Call,
  type CommandCall,
  type Json,
  type Question,
  SPREAD,
  type RestCall,
  type Trust,
} from '../plan/call.ts';
import { STATUS_WORDS } from './rest-lines.ts';
import { quote } from './shell.ts';

export function callLine(call: Call): string {
  return 'words' in call ? commandCallLine(call) : restLine(call);
}

/** Prints what is selected; nothing when there is no such thing. */
export function questionLine(question: Question): string {
  const { call, select } = question;
  const program = word(`first((${select}) | values)`);
  return isRest(call) ? `ask ${answerWord(call)} ${program}` : `pick ${programWords(call, program)}`;
}

/** Succeeds when something is selected. */
export function foundLine(question: Question): string {
  const { call, select } = question;
  const program = word(`first((${select}) | values)`);
  return isRest(call) ? `found ${answerWord(call)} ${program}` : `has ${programWords(call, program)}`;
}

/** What the shell functions of program-lines.ts are given. */
function programWords(call: CommandCall, program: string): string {
  return `${quote(call.absent ?? '')} ${program} ${commandCallLine(call)}`;
}

/** A call of which a script tells whether it is done, may succeed later, or is refused: rest-lines.ts. */
export function settleLine(call: RestCall, exits: Readonly<Record<string, number>>): string {
  const rules = Object.entries(exits).map(([code, exit]) => ` ${code}=${String(exit)}`);
  return `settle ${answerWord(call)}${rules.join('')}`;
}

export function isRest(call: Call): call is RestCall {
  return 'api' in call;
}

/** The answer with its status, and how curl ended, as one word. */
function answerWord(call: RestCall): string {
  return `"$(${restLine(call, STATUS_WORDS)} 2>/dev/null && echo 0 || echo "$?")"`;
}

/** @param sink what becomes of the answer. What was made can be asked for; the answer may hold passwords. */
function restLine(
  { api, anonymous, method, path, body }: RestCall,
  sink = `--show-error --fail${method === 'GET' ? '' : ' --output /dev/null'}`,
): string {
  const words = [
    `curl --silent ${sink}`,
    ...(anonymous === true ? [] : [`--netrc-file "$(${secretLine(api.password)} | ${loginLine(api)})"`]),
    ...trustWords(api.trust),
    ...(method === 'GET' ? [] : [`--request ${method}`]),
    ...(body === undefined ? [] : ["--header 'content-type: application/json' --data @-"]),
    word(`${api.url}${path}`),
  ];
  const line = words.join(' ');
  return body === undefined ? line : `${jsonLine(body)} |\n  ${line}`;
}

/** The functions `login` and `key` stand at the beginning of the script: rest-lines.ts. */
function loginLine({ url, user }: RestCall['api']): string {
  return `login ${quote(new URL(url).hostname)} ${quote(user)}`;
}

/** curl checks a pinned key with --insecure too: that switch then only spares the names, which cannot fit. */
function trustWords(trust: Trust): string[] {
  if (trust.kind === 'pinned') return [`--insecure --pinnedpubkey "$(key ${quote(trust.file)})"`];
  if (trust.kind === 'authority') return [`--cacert ${quote(trust.file)}`];
  return trust.kind === 'insecure' ? ['--insecure'] : [];
}

/** Its variables are set once for all of a script. */
function commandCallLine({ words, stdin }: CommandCall): string {
  const line = words.map(word).join(' ');
  if (stdin === undefined) return line;
  const source = 'json' in stdin ? jsonLine(stdin.json, '--ascii-output') : secretLine(stdin);
  return `${source} |\n  ${line}`;
}

/** What prints a secret without a line break. */
export function secretLine(secret: Secret): string {
  return 'file' in secret ? `tr -d '\\r\\n' <${quote(secret.file)}` : `printf %s "$${secret.variable}"`;
}

/** Facts come as variables and secrets from where they lie, so that no argument holds one. */
export function jsonLine(body: Json, ...layout: readonly string[]): string {
  const options = new Set<string>();
  const program = jqOf(body, options);
  return ['jq --null-input', ...layout, ...options, quote(program)].join(' ');
}

function jqOf(value: Json, options: Set<string>): string {
  if (isFact(value)) {
    options.add(`--argjson ${value.$fact} "$${value.$fact}"`);
    return `$${value.$fact}`;
  }
  if (isSecret(value)) return jqSecret(value.$secret, options);
  if (typeof value === 'string') return jqText(value, options);
  if (Array.isArray(value)) return `[${value.map((item: Json) => jqOf(item, options)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (SPREAD in value) {
    const { [SPREAD]: spread = null, ...own } = value;
    return `${jqOf(spread, options)} + ${jqOf(own, options)}`;
  }
  const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${jqOf(item, options)}`);
  return `{${members.join(', ')}}`;
}

function jqSecret(secret: Secret, options: Set<string>): string {
  if ('variable' in secret) return `env.${secret.variable}`;
  const name = `secret${String([...options].filter((option) => option.startsWith('--rawfile')).length + 1)}`;
  const known = [...options].find((option) => option.endsWith(` ${quote(secret.file)}`));
  if (known === undefined) options.add(`--rawfile ${name} ${quote(secret.file)}`);
  return `($${known?.split(' ')[1] ?? name} | sub("[\\r\\n]+\\\\z"; ""))`;
}

function jqText(text: string, options: Set<string>): string {
  const parts = pieces(text).filter((piece) => !('text' in piece && piece.text === ''));
  if (parts.length === 0) return '""';
  return parts
    .map((piece) => {
      if ('text' in piece) return JSON.stringify(piece.text);
      options.add(`--arg ${piece.fact} "$${piece.fact}"`);
      return `$${piece.fact}`;
    })
    .join(' + ');
}

/** One word of a shell line; its facts are variables. */
export function word(text: string): string {
  const parts = pieces(text);
  if (parts.every((piece) => 'text' in piece)) return quote(text);
  const inQuotes = (piece: (typeof parts)[number]): string =>
    'text' in piece ? piece.text.replace(/[\\"$`]/g, '\\$&') : `\${${piece.fact}}`;
  return `"${parts.map(inQuotes).join('')}"`;
}
