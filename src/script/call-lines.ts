/** Calls as shell lines: curl, jq, and programs as they are. */
import type { Secret } from '../secret.ts';
import { pieces, type Call, type CommandCall, type Question, type RestCall, type Trust } from '../plan/call.ts';
import { jsonLine } from './json-lines.ts';
import { STATUS_WORDS } from './rest-lines.ts';
import { quote } from './shell.ts';

export function callLine(call: Call): string {
  return 'words' in call ? commandCallLine(call) : restLine(call);
}

/** Prints what is selected, or nothing. */
export function questionLine(question: Question): string {
  const { call, select } = question;
  const program = word(`first((${select}) | values)`);
  return isRest(call) ? `ask ${answerWord(call)} ${program}` : `pick ${programWords(call, program)}`;
}

export function foundLine(question: Question): string {
  const { call, select } = question;
  const program = word(`first((${select}) | values)`);
  return isRest(call) ? `found ${answerWord(call)} ${program}` : `has ${programWords(call, program)}`;
}

/** Arguments of the shell functions in program-lines.ts. */
function programWords(call: CommandCall, program: string): string {
  return `${quote(call.absent ?? '')} ${program} ${commandCallLine(call)}`;
}

/** The script tells whether the call is done, may succeed later, or is refused: rest-lines.ts. */
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

/** @param sink where the answer goes: it may hold passwords */
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

/** The functions `login` and `key` are in rest-lines.ts. */
function loginLine({ url, user }: RestCall['api']): string {
  return `login ${quote(new URL(url).hostname)} ${quote(user)}`;
}

/** curl checks a pinned key with --insecure too: that switch then only spares the names, which cannot fit. */
function trustWords(trust: Trust): string[] {
  if (trust.kind === 'pinned') return [`--insecure --pinnedpubkey "$(key ${quote(trust.file)})"`];
  if (trust.kind === 'authority') return [`--cacert ${quote(trust.file)}`];
  return trust.kind === 'insecure' ? ['--insecure'] : [];
}

/** Environment variables are set once at the beginning of the script. */
function commandCallLine({ words, stdin }: CommandCall): string {
  const line = words.map(word).join(' ');
  if (stdin === undefined) return line;
  const source = 'json' in stdin ? jsonLine(stdin.json, '--ascii-output') : secretLine(stdin);
  return `${source} |\n  ${line}`;
}

/** Prints a secret without a line break. */
export function secretLine(secret: Secret): string {
  return 'file' in secret ? `tr -d '\\r\\n' <${quote(secret.file)}` : `printf %s "$${secret.variable}"`;
}

/** Facts become shell variables. */
export function word(text: string): string {
  const parts = pieces(text);
  if (parts.every((piece) => 'text' in piece)) return quote(text);
  const inQuotes = (piece: (typeof parts)[number]): string =>
    'text' in piece ? piece.text.replace(/[\\"$`]/g, '\\$&') : `\${${piece.fact}}`;
  return `"${parts.map(inQuotes).join('')}"`;
}
