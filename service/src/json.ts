/**
 * JSON as the original service reads and writes it.
 *
 * `JSON.parse` cannot serve here: it rounds integers beyond 2^53, cannot tell 42 from 42.0 (the two convert
 * differently), and words its errors differently. This reader follows CPython 3.13's `json` module
 * (Modules/_json.c): its grammar (NaN and Infinity included), its messages and their positions.
 */

/** A JSON value with Python's distinctions: integers are `bigint`, floats are `number`, objects keep key order. */
export type Json = null | boolean | bigint | number | string | Json[] | Map<string, Json>;

/** Malformed JSON. `position` counts characters (code points) from 0, as Python does. */
export class JsonSyntaxError extends Error {
  readonly position: number;

  constructor(message: string, text: string, index: number) {
    super(message);
    this.position = codePoints(text, index);
  }
}

/** Well-formed, but more than the reader takes: over {@link MAX_DIGITS} digits or {@link MAX_DEPTH} levels. */
export class JsonLimitError extends Error {}

/** CPython's limit for one integer: https://docs.python.org/3/library/stdtypes.html#int-max-str-digits */
export const MAX_DIGITS = 4300;
/** Levels of nesting. CPython stops near its recursion limit too; this one keeps our own stack safe. */
const MAX_DEPTH = 1000;

const INTEGER = /-?(?:0|[1-9]\d*)/y;
const FRACTION_OR_EXPONENT = /\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+/y;
const FOUR_HEX = /^[0-9a-fA-F]{4}$/;

const LITERALS: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads one JSON text. Throws {@link JsonSyntaxError} or {@link JsonLimitError}. */
export function parseJson(text: string): Json {
  const reader = new Reader(text);
  reader.skipWhitespace();
  const value = reader.value(0);
  reader.skipWhitespace();
  if (reader.index < text.length) throw reader.error('Extra data');
  return value;
}

class Reader {
  readonly text: string;
  index = 0;

  constructor(text: string) {
    this.text = text;
  }

  error(message: string, index = this.index): JsonSyntaxError {
    return new JsonSyntaxError(message, this.text, index);
  }

  skipWhitespace(): void {
    while (isWhitespace(this.text.charCodeAt(this.index))) this.index++;
  }

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new JsonLimitError(`more than ${String(MAX_DEPTH)} levels of nesting`);
    switch (this.text[this.index]) {
      case '"':
        return this.string();
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      default:
        return this.number() ?? this.literal();
    }
  }

  /** Steps over what the pattern finds here. */
  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.index;
    const found = pattern.test(this.text);
    if (found) this.index = pattern.lastIndex;
    return found;
  }

  private number(): bigint | number | undefined {
    const begin = this.index;
    if (!this.skip(INTEGER)) return undefined;
    if (this.skip(FRACTION_OR_EXPONENT)) return Number(this.text.slice(begin, this.index));
    const integer = this.text.slice(begin, this.index);
    const digits = integer.length - (integer.startsWith('-') ? 1 : 0);
    if (digits > MAX_DIGITS) throw new JsonLimitError(`an integer of more than ${String(MAX_DIGITS)} digits`);
    return BigInt(integer);
  }

  private literal(): Json {
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.index)) {
        this.index += word.length;
        return value;
      }
    }
    throw this.error('Expecting value');
  }

  private array(depth: number): Json[] {
    const items: Json[] = [];
    this.index++;
    this.skipWhitespace();
    if (this.text[this.index] !== ']') {
      do items.push(this.value(depth + 1));
      while (this.another(']', 'array'));
    }
    this.index++;
    return items;
  }

  private object(depth: number): Map<string, Json> {
    const members = new Map<string, Json>();
    this.index++;
    this.skipWhitespace();
    if (this.text[this.index] !== '}') {
      do this.member(members, depth);
      while (this.another('}', 'object'));
    }
    this.index++;
    return members;
  }

  private member(members: Map<string, Json>, depth: number): void {
    if (this.text[this.index] !== '"') throw this.error('Expecting property name enclosed in double quotes');
    const key = this.string();
    this.skipWhitespace();
    if (this.text[this.index] !== ':') throw this.error("Expecting ':' delimiter");
    this.index++;
    this.skipWhitespace();
    members.set(key, this.value(depth + 1));
  }

  /** After an element: true at a comma that another element must follow, false at the closing bracket. */
  private another(close: string, kind: string): boolean {
    this.skipWhitespace();
    const next = this.text[this.index];
    if (next === close) return false;
    if (next !== ',') throw this.error("Expecting ',' delimiter");
    const comma = this.index++;
    this.skipWhitespace();
    if (this.text[this.index] === close) throw this.error(`Illegal trailing comma before end of ${kind}`, comma);
    return true;
  }

  private string(): string {
    const begin = this.index++;
    let result = '';
    for (;;) {
      const chunk = this.index;
      while (isPlain(this.text.charCodeAt(this.index))) this.index++;
      result += this.text.slice(chunk, this.index);
      const stop = this.text[this.index];
      if (stop === undefined) throw this.error('Unterminated string starting at', begin);
      if (stop !== '"' && stop !== '\\') throw this.error('Invalid control character at');
      this.index++;
      if (stop === '"') return result;
      result += this.escape(begin);
    }
  }

  /** The part after a backslash. Halves of a surrogate pair are read one by one and meet in the string. */
  private escape(begin: number): string {
    const letter = this.text[this.index++];
    if (letter === undefined) throw this.error('Unterminated string starting at', begin);
    if (letter !== 'u') {
      const plain = ESCAPES[letter];
      if (plain === undefined) throw this.error('Invalid \\escape', this.index - 2);
      return plain;
    }
    const hex = this.text.slice(this.index, this.index + 4);
    // CPython wants a character after the four digits too; without one the string could not be closed.
    if (!FOUR_HEX.test(hex) || this.index + 4 >= this.text.length)
      throw this.error('Invalid \\uXXXX escape', this.index - 1);
    this.index += 4;
    return String.fromCharCode(parseInt(hex, 16));
  }
}

/** Writes a value compactly. Lone surrogates become escapes; what JSON has no number for becomes a string. */
export function stringifyJson(value: Json): string {
  switch (typeof value) {
    case 'bigint':
      return value.toString();
    case 'number':
      return stringifyFloat(value);
    case 'object':
      break;
    default:
      return JSON.stringify(value);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  let members = '';
  for (const [key, member] of value) {
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${stringifyJson(member)}`;
  }
  return `{${members}}`;
}

/** A float as Python's `repr` writes it: 179.0, 1e+16, 1e-05. */
function stringifyFloat(value: number): string {
  if (!Number.isFinite(value)) return `"${String(value)}"`;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? `${String(value)}.0` : String(value);
}

function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** May stand in a string as it is. At the end of the text the code is NaN, and this is false. */
function isPlain(code: number): boolean {
  return code >= 0x20 && code !== 0x22 && code !== 0x5c;
}

function codePoints(text: string, index: number): number {
  return Array.from(text.slice(0, index)).length;
}
