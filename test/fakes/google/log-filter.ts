/**
 * The filters of Cloud Logging, as far as they are needed.
 *
 * Source: cloud.google.com/logging/docs/view/logging-query-language: comparisons `= != > >= < <= :`, quoted and bare
 * values, AND (which may be left out), OR (binds tighter than AND), NOT and `-`, parentheses; severities have an order; a
 * missing field makes a comparison false. A filter that cannot be read is 400 INVALID_ARGUMENT "Unparseable filter".
 */
import { Refusal, type Json } from './exchange.ts';

type LogFilter = (entry: Json) => boolean;

const TOKEN = /\s*(?:(\()|(\))|(!=|>=|<=|=|>|<|:)|"((?:[^"\\]|\\.)*)"|(-(?=\S))|([^\s()=<>!:"]+))/gy;
const SEVERITIES = ['DEFAULT', 'DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'];

interface Token {
  readonly kind: 'open' | 'close' | 'operator' | 'quoted' | 'minus' | 'word';
  readonly text: string;
}

export function parseLogFilter(text: string): LogFilter {
  const tokens = tokenize(text);
  if (tokens.length === 0) return () => true;
  const filter = conjunction(tokens);
  if (tokens.length > 0) throw unparseable(text);
  return filter;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text);
    if (!match) throw unparseable(text);
    const [, open, close, operator, quoted, minus, word = ''] = match;
    if (open) tokens.push({ kind: 'open', text: open });
    else if (close) tokens.push({ kind: 'close', text: close });
    else if (operator) tokens.push({ kind: 'operator', text: operator });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replaceAll(/\\(.)/g, '$1') });
    else if (minus) tokens.push({ kind: 'minus', text: minus });
    else tokens.push({ kind: 'word', text: word });
  }
  return tokens;
}

function conjunction(tokens: Token[]): LogFilter {
  const parts = [disjunction(tokens)];
  while (tokens.length > 0 && tokens[0]?.kind !== 'close') {
    if (isWord(tokens[0], 'AND')) tokens.shift();
    parts.push(disjunction(tokens));
  }
  return (entry) => parts.every((part) => part(entry));
}

function disjunction(tokens: Token[]): LogFilter {
  const parts = [term(tokens)];
  while (isWord(tokens[0], 'OR')) {
    tokens.shift();
    parts.push(term(tokens));
  }
  return (entry) => parts.some((part) => part(entry));
}

function term(tokens: Token[]): LogFilter {
  const first = tokens.shift();
  if (first?.kind === 'minus' || isWord(first, 'NOT')) {
    const inner = term(tokens);
    return (entry) => !inner(entry);
  }
  if (first?.kind === 'open') {
    const inner = conjunction(tokens);
    if (tokens.shift()?.kind !== 'close') throw unparseable('a parenthesis is not closed');
    return inner;
  }
  const operator = tokens[0]?.kind === 'operator' ? tokens.shift()?.text : undefined;
  const value = operator === undefined ? undefined : tokens.shift()?.text;
  // A lone word would be a search in all fields.
  if (first === undefined || operator === undefined || value === undefined) throw unparseable(first?.text ?? '');
  return comparison(first.text, operator, value);
}

function comparison(field: string, operator: string, wanted: string): LogFilter {
  return (entry) => {
    const found = valueAt(entry, field.split('.'));
    if (found === undefined) return false;
    const comparable = field === 'severity' ? rank : field === 'timestamp' ? timeKey : String;
    const [left, right] = [comparable(found), comparable(wanted)];
    switch (operator) {
      case '=':
        return left === right;
      case '!=':
        return left !== right;
      case ':':
        return wanted === '*' || found.toLowerCase().includes(wanted.toLowerCase());
      case '>':
        return left > right;
      case '>=':
        return left >= right;
      case '<':
        return left < right;
      default:
        return left <= right;
    }
  };
}

/** RFC 3339 in UTC with nine digits of a second, so that times compare as text. */
export function timeKey(time: string): string {
  return time.replace(/(?:\.(\d{1,9}))?Z$/, (_match, digits = '') => `.${String(digits).padEnd(9, '0')}Z`);
}

/** Two digits, so that they compare as text, too. */
function rank(severity: string): string {
  return String(SEVERITIES.indexOf(severity.toUpperCase())).padStart(2, '0');
}

function valueAt(entry: unknown, path: readonly string[]): string | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return typeof entry === 'string' ? entry : JSON.stringify(entry);
  if (typeof entry !== 'object' || entry === null) return undefined;
  const value = (entry as Json)[name];
  return value === undefined ? undefined : valueAt(value, rest);
}

function isWord(token: Token | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text === text;
}

function unparseable(filter: string): Refusal {
  return new Refusal('INVALID_ARGUMENT', `Unparseable filter: ${filter}`);
}
