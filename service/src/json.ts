/**
 * JSON as the original service reads and writes it.
 *
 * `JSON.parse` cannot serve here: it rounds integers beyond 2^53, cannot tell 42 from 42.0 (the two convert
 * differently), and words its errors differently. This reader follows CPython 3.13's `json` module
 * (Modules/_json.c): its grammar (NaN and Infinity included), its messages and their positions.
 */

/** A JSON value with Python's distinctions: integers are `bigint`, floats are `number`, objects keep key order. */
export type Json = null | boolean | bigint | number | string | Container;
type Container = Json[] | Map<string, Json>;

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
/** Levels of nesting at which CPython 3.13 stops: its C stack holds 10 000 calls, some of them the server's. */
const MAX_DEPTH = 9995;

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
  const value = reader.value();
  reader.skipWhitespace();
  if (reader.index < text.length) throw reader.error('Extra data');
  return value;
}

/** A container whose end has not come yet. */
interface Open {
  readonly container: Container;
  /** Of the value that is being read. */
  key: string;
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

  /** Nested values wait on a list, not on the stack: a body may be nested deeper than the stack of Node allows. */
  value(): Json {
    const open: Open[] = [];
    for (;;) {
      const container = this.begin();
      if (container !== undefined && open.length >= MAX_DEPTH)
        throw new JsonLimitError(`more than ${String(MAX_DEPTH)} levels of nesting`);
      if (container !== undefined && !this.skipClose(container)) {
        open.push({ container, key: this.keyOf(container) });
        continue;
      }
      let value = container ?? this.scalar();
      let parent = open.at(-1);
      while (parent !== undefined && !this.add(parent, value)) {
        value = parent.container;
        open.pop();
        parent = open.at(-1);
      }
      if (parent === undefined) return value;
    }
  }

  /** Steps into a container when one begins here. */
  private begin(): Container | undefined {
    const bracket = this.text[this.index];
    if (bracket !== '[' && bracket !== '{') return undefined;
    this.index++;
    this.skipWhitespace();
    return bracket === '[' ? [] : new Map<string, Json>();
  }

  /** Steps over the closing bracket when it is here. */
  private skipClose(container: Container): boolean {
    const closes = this.text[this.index] === closeOf(container);
    if (closes) this.index++;
    return closes;
  }

  /** Adds an element, and steps to the next: true when there is one, false after the closing bracket. */
  private add(parent: Open, value: Json): boolean {
    const { container } = parent;
    if (Array.isArray(container)) container.push(value);
    else container.set(parent.key, value);
    this.skipWhitespace();
    if (this.skipClose(container)) return false;
    if (this.text[this.index] !== ',') throw this.error("Expecting ',' delimiter");
    const comma = this.index++;
    this.skipWhitespace();
    if (this.text[this.index] === closeOf(container)) {
      throw this.error(`Illegal trailing comma before end of ${Array.isArray(container) ? 'array' : 'object'}`, comma);
    }
    parent.key = this.keyOf(container);
    return true;
  }

  /** The key of the value that follows; an array has none. */
  private keyOf(container: Container): string {
    if (Array.isArray(container)) return '';
    if (this.text[this.index] !== '"') throw this.error('Expecting property name enclosed in double quotes');
    const key = this.string();
    this.skipWhitespace();
    if (this.text[this.index] !== ':') throw this.error("Expecting ':' delimiter");
    this.index++;
    this.skipWhitespace();
    return key;
  }

  private scalar(): Json {
    return this.text[this.index] === '"' ? this.string() : (this.number() ?? this.literal());
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
  return isContainer(value) ? stringifyContainer(value) : stringifyScalar(value);
}

/** With a list of what is still to be written, for the same reason as in {@link Reader.value}. */
function stringifyContainer(root: Container): string {
  let text = '';
  const rest: (string | Container)[] = [root];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next === 'string') text += next;
    else for (const part of partsOf(next).reverse()) rest.push(part);
  }
  return text;
}

/** Text, and containers that are still to be written. */
function partsOf(container: Container): (string | Container)[] {
  const parts: (string | Container)[] = [Array.isArray(container) ? '[' : '{'];
  for (const [key, value] of container.entries()) {
    if (parts.length > 1) parts.push(',');
    if (typeof key === 'string') parts.push(`${JSON.stringify(key)}:`);
    parts.push(isContainer(value) ? value : stringifyScalar(value));
  }
  parts.push(closeOf(container));
  return parts;
}

function stringifyScalar(value: Exclude<Json, Container>): string {
  switch (typeof value) {
    case 'bigint':
      return value.toString();
    case 'number':
      return stringifyFloat(value);
    default:
      return JSON.stringify(value);
  }
}

function isContainer(value: Json): value is Container {
  return typeof value === 'object' && value !== null;
}

function closeOf(container: Container): string {
  return Array.isArray(container) ? ']' : '}';
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
