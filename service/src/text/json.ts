/**
 * JSON as the original service reads and writes it.
 *
 * `JSON.parse` cannot serve here: it rounds integers beyond 2^53, cannot tell 42 from 42.0 (the two convert
 * differently), and words its errors differently. This reader follows CPython 3.13's `json` module
 * (Modules/_json.c): its grammar (NaN and Infinity included), its messages and their positions.
 */

/**
 * A JSON value with Python's distinctions: integers are `bigint`, floats are `number`, objects keep key order.
 * A container is taken apart by {@link parseJson} only; {@link readJson} leaves it as its text.
 */
export type Json = null | boolean | bigint | number | string | Container | JsonText;
type Container = Json[] | Map<string, Json>;

/** An array or an object that was read to its end, and is kept as text: its tree would take up to fifty times as much. */
export class JsonText {
  readonly text: string;
  /** What an outermost object has under the names that were asked for; undefined for everything else. */
  readonly members: ReadonlyMap<string, Json> | undefined;

  constructor(text: string, members?: ReadonlyMap<string, Json>) {
    this.text = text;
    this.members = members;
  }
}

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

const LITERALS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** What may follow a backslash, besides u and four digits. */
const ESCAPES = '"\\/bfnrt';

const CLOSERS: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** Reads one JSON text into a tree. Throws {@link JsonSyntaxError} or {@link JsonLimitError}. */
export function parseJson(text: string): Json {
  const open: { readonly container: Container; key: string }[] = [];
  let root: Json = null;
  const add = (value: Json): void => {
    const parent = open.at(-1);
    if (parent === undefined) root = value;
    else if (Array.isArray(parent.container)) parent.container.push(value);
    else parent.container.set(parent.key, value);
  };
  walk(text, {
    begin: (at) => open.push({ container: text[at] === '[' ? [] : new Map<string, Json>(), key: '' }),
    end: () => {
      const closed = open.pop();
      if (closed) add(closed.container);
    },
    key: (from, to) => {
      const parent = open.at(-1);
      if (parent) parent.key = stringOf(text.slice(from, to));
    },
    scalar: (from, to) => {
      add(scalarOf(text.slice(from, to)));
    },
  });
  return root;
}

/** Same errors as {@link parseJson}, in limited memory: members with these names are kept, and containers stay text. */
export function readJson(text: string, names: ReadonlySet<string>): Json {
  const members = new Map<string, Json>();
  const starts = { root: 0, member: 0 };
  let depth = 0;
  let name: string | undefined;
  let root: Json = null;
  const add = (value: Json): void => {
    if (depth === 0) root = value;
    else if (depth === 1 && name !== undefined) members.set(name, value);
  };
  walk(text, {
    begin: (at) => {
      if (depth === 0) starts.root = at;
      else if (depth === 1) starts.member = at;
      depth++;
    },
    end: (to) => {
      depth--;
      if (depth === 0) add(new JsonText(text.slice(starts.root, to), text[starts.root] === '{' ? members : undefined));
      else if (depth === 1) add(new JsonText(text.slice(starts.member, to)));
    },
    key: (from, to) => {
      if (depth !== 1) return;
      const key = stringOf(text.slice(from, to));
      name = names.has(key) ? key : undefined;
    },
    scalar: (from, to) => {
      if (depth === 0 || (depth === 1 && name !== undefined)) add(scalarOf(text.slice(from, to)));
    },
  });
  return root;
}

/** What a walk meets, in the order of the text. Positions are indices; `to` is the one behind the last character. */
interface Visitor {
  readonly begin: (at: number) => void;
  readonly end: (to: number) => void;
  /** Of the value that follows, with its quotes. */
  readonly key: (from: number, to: number) => void;
  readonly scalar: (from: number, to: number) => void;
}

function walk(text: string, visitor: Visitor): void {
  const walker = new Walker(text, visitor);
  walker.skipWhitespace();
  walker.value();
  walker.skipWhitespace();
  if (walker.index < text.length) throw walker.error('Extra data');
}

class Walker {
  readonly text: string;
  readonly visitor: Visitor;
  index = 0;

  constructor(text: string, visitor: Visitor) {
    this.text = text;
    this.visitor = visitor;
  }

  error(message: string, index = this.index): JsonSyntaxError {
    return new JsonSyntaxError(message, this.text, index);
  }

  skipWhitespace(): void {
    while (isWhitespace(this.text.charCodeAt(this.index))) this.index++;
  }

  /** What is open waits on a list, not on the stack: a body may be nested deeper than the stack of Node allows. */
  value(): void {
    const open: string[] = [];
    do {
      const closer = CLOSERS[this.text[this.index] ?? ''];
      if (closer === undefined) this.scalar();
      else {
        if (open.length >= MAX_DEPTH) throw new JsonLimitError(`more than ${String(MAX_DEPTH)} levels of nesting`);
        this.visitor.begin(this.index++);
        this.skipWhitespace();
        if (!this.skipCloser(closer)) {
          this.key(closer);
          open.push(closer);
          continue;
        }
      }
      for (let last = open.at(-1); last !== undefined && !this.next(last); last = open.at(-1)) open.pop();
    } while (open.length > 0);
  }

  private skipCloser(closer: string): boolean {
    if (this.text[this.index] !== closer) return false;
    this.visitor.end(++this.index);
    return true;
  }

  /** Steps from one value to the next: true when there is one, false after the closing bracket. */
  private next(closer: string): boolean {
    this.skipWhitespace();
    if (this.skipCloser(closer)) return false;
    if (this.text[this.index] !== ',') throw this.error("Expecting ',' delimiter");
    const comma = this.index++;
    this.skipWhitespace();
    if (this.text[this.index] === closer) {
      throw this.error(`Illegal trailing comma before end of ${closer === ']' ? 'array' : 'object'}`, comma);
    }
    this.key(closer);
    return true;
  }

  /** The key of the value that follows; an array has none. */
  private key(closer: string): void {
    if (closer === ']') return;
    if (this.text[this.index] !== '"') throw this.error('Expecting property name enclosed in double quotes');
    const from = this.index;
    this.string();
    this.visitor.key(from, this.index);
    this.skipWhitespace();
    if (this.text[this.index] !== ':') throw this.error("Expecting ':' delimiter");
    this.index++;
    this.skipWhitespace();
  }

  private scalar(): void {
    const from = this.index;
    if (this.text[from] === '"') this.string();
    else if (!this.number()) this.literal();
    this.visitor.scalar(from, this.index);
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.index;
    const found = pattern.test(this.text);
    if (found) this.index = pattern.lastIndex;
    return found;
  }

  private number(): boolean {
    const from = this.index;
    if (!this.skip(INTEGER)) return false;
    const digits = this.index - from - (this.text[from] === '-' ? 1 : 0);
    if (!this.skip(FRACTION_OR_EXPONENT) && digits > MAX_DIGITS)
      throw new JsonLimitError(`an integer of more than ${String(MAX_DIGITS)} digits`);
    return true;
  }

  private literal(): void {
    for (const word of LITERALS.keys()) {
      if (this.text.startsWith(word, this.index)) {
        this.index += word.length;
        return;
      }
    }
    throw this.error('Expecting value');
  }

  private string(): void {
    const begin = this.index++;
    for (;;) {
      while (isPlain(this.text.charCodeAt(this.index))) this.index++;
      const stop = this.text[this.index];
      if (stop === undefined) throw this.error('Unterminated string starting at', begin);
      if (stop !== '"' && stop !== '\\') throw this.error('Invalid control character at');
      this.index++;
      if (stop === '"') return;
      this.escape(begin);
    }
  }

  private escape(begin: number): void {
    const letter = this.text[this.index++];
    if (letter === undefined) throw this.error('Unterminated string starting at', begin);
    if (letter !== 'u') {
      if (!ESCAPES.includes(letter)) throw this.error('Invalid \\escape', this.index - 2);
      return;
    }
    const hex = this.text.slice(this.index, this.index + 4);
    // CPython wants a character after the four digits too; without one the string could not be closed.
    if (!FOUR_HEX.test(hex) || this.index + 4 >= this.text.length)
      throw this.error('Invalid \\uXXXX escape', this.index - 1);
    this.index += 4;
  }
}

/** A string with its quotes: what the walker lets pass, V8 reads to the same characters. */
function stringOf(token: string): string {
  return JSON.parse(token) as string;
}

function scalarOf(token: string): Json {
  if (token.startsWith('"')) return stringOf(token);
  const literal = LITERALS.get(token);
  if (literal !== undefined) return literal;
  return /[.eE]/.test(token) ? Number(token) : BigInt(token);
}

/** Writes a value compactly. Lone surrogates become escapes; what JSON has no number for becomes a string. */
export function stringifyJson(value: Json): string {
  if (value instanceof JsonText) return stringifyJson(parseJson(value.text));
  if (isContainer(value)) return stringifyContainer(value);
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'number' ? stringifyFloat(value) : JSON.stringify(value);
}

/** With a list of what is still to be written, for the same reason as in {@link Walker.value}. */
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
  const isArray = Array.isArray(container);
  const parts: (string | Container)[] = [isArray ? '[' : '{'];
  for (const [key, value] of container.entries()) {
    if (parts.length > 1) parts.push(',');
    if (typeof key === 'string') parts.push(`${JSON.stringify(key)}:`);
    parts.push(isContainer(value) ? value : stringifyJson(value));
  }
  parts.push(isArray ? ']' : '}');
  return parts;
}

function isContainer(value: Json): value is Container {
  return Array.isArray(value) || value instanceof Map;
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
  let count = 0;
  for (let at = 0; at < index; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}
