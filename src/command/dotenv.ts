/**
 * The text of a `.env` file, as people write it: Node's form, and beside it `NAME: value`, which dotenv and Docker Compose
 * read too (https://github.com/motdotla/dotenv, https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/).
 * What cannot be read is returned with its line, so that it can be named: nothing is lost without a word.
 */

export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
  /** An unquoted `#` follows the value without a space: it may have been part of it. */
  readonly cut: boolean;
}

/** A line that is neither an assignment nor a comment. */
export interface UnclearLine {
  readonly line: number;
  /** May be a secret: for looking up names, never for showing. */
  readonly text: string;
  readonly why: string;
}

interface Dotenv {
  readonly assignments: readonly Assignment[];
  readonly unclear: readonly UnclearLine[];
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:=|:(?=[ \t]|$))[ \t]*/;
/** Blank, a comment, or names alone, as in `export REDISHOST`: they have no value. */
const NOTHING = /^(?:#.*|(?:export[ \t]+)?[A-Za-z_][\w.-]*)?$/;
const AFTER_QUOTES = /^[ \t]*(?:#.*)?$/;
const QUOTES: ReadonlySet<string> = new Set(['"', "'", '`']);

/** @param text decoded, without a byte order mark */
export function readDotenv(text: string): Dotenv {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const assignments: Assignment[] = [];
  const unclear: UnclearLine[] = [];
  for (let index = 0; index < lines.length; index++) {
    const first = lines[index] ?? '';
    const line = index + 1;
    const found = ASSIGNMENT.exec(first);
    if (!found) {
      if (!NOTHING.test(first.trim())) unclear.push({ line, text: first, why: 'it is not NAME=value' });
      continue;
    }
    const [head, name = ''] = found;
    const mark = first.charAt(head.length);
    if (!QUOTES.has(mark)) {
      assignments.push({ name, line, ...unquoted(first.slice(head.length - 1)) });
      continue;
    }
    const quoted = readQuoted(lines, index, head.length);
    if (typeof quoted === 'string') {
      unclear.push({ line, text: first, why: quoted });
      continue;
    }
    // Nothing is special in quotes but the quote itself, and in double quotes \n.
    const value = mark === '"' ? quoted.value.replaceAll('\\n', '\n') : quoted.value;
    assignments.push({ name, line, value, cut: false });
    index = quoted.last;
  }
  return { assignments, unclear };
}

/** @param rest the value, with the one character before it */
function unquoted(rest: string): Pick<Assignment, 'value' | 'cut'> {
  const hash = rest.indexOf('#', 1);
  if (hash < 0) return { value: rest.slice(1).trim(), cut: false };
  return { value: rest.slice(1, hash).trim(), cut: !/[ \t]/.test(rest.charAt(hash - 1)) };
}

/** A quoted value, which may span several lines; otherwise the reason why it cannot be read. */
function readQuoted(
  lines: readonly string[],
  first: number,
  opening: number,
): { readonly value: string; readonly last: number } | string {
  const mark = (lines[first] ?? '').charAt(opening);
  const parts: string[] = [];
  for (let last = first; last < lines.length; last++) {
    const line = lines[last] ?? '';
    const start = last === first ? opening + 1 : 0;
    const end = line.indexOf(mark, start);
    if (end < 0) {
      parts.push(line.slice(start));
      continue;
    }
    if (!AFTER_QUOTES.test(line.slice(end + 1))) return `there is more behind the closing ${mark} of its value`;
    return { value: [...parts, line.slice(start, end)].join('\n'), last };
  }
  return `its value has no closing ${mark}`;
}
