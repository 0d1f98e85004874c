/** From bytes and a content type to a value, as FastAPI 0.115 and CPython's `json.loads` take them. */
import { isUtf8 } from 'node:buffer';
import { JsonLimitError, JsonSyntaxError, readJson, type Json } from '../text/json.ts';
import { InvalidInput, UnreadableBody } from './errors.ts';

/** Beyond it a body is read in a way that is slower, and takes no more memory than the body itself. */
const PLAIN_LIMIT = 65_536;

/**
 * The value of a request body; undefined when there is none. Of an object, the members with these names are read.
 * A body that does not claim to be JSON is one string, which no rule for users accepts.
 * Throws {@link InvalidInput} for malformed JSON and {@link UnreadableBody}.
 */
export function readBody(
  bytes: Buffer | undefined,
  contentType: string | undefined,
  names: ReadonlySet<string>,
): Json | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  if (contentType && !isJson(contentType)) return bytes.toString('utf8');
  try {
    return readJson(decode(bytes), names);
  } catch (error) {
    if (isUnreadable(error)) throw new UnreadableBody('unreadable', { cause: error });
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new InvalidInput([
      {
        type: 'json_invalid',
        loc: ['body', error.position],
        msg: 'JSON decode error',
        input: new Map(),
        ctx: { error: error.message },
      },
    ]);
  }
}

/** The text of a short body that counts as JSON and is UTF-8 without a mark, as nearly every body is; else undefined. */
export function readPlainText(bytes: Buffer | undefined, contentType: string | undefined): string | undefined {
  if (bytes === undefined || bytes.length > PLAIN_LIMIT || !isPlainUtf8(bytes) || !isUtf8(bytes)) return undefined;
  return contentType && !isJson(contentType) ? undefined : bytes.toString('utf8');
}

/** A limit of the reader, or bytes that are no text: TextDecoder has a code of its own for those. */
function isUnreadable(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof JsonLimitError || error instanceof RangeError || code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}

function isJson(contentType: string): boolean {
  if (contentType === 'application/json') return true;
  const mediaType = contentType.split(';', 1)[0] ?? '';
  return /^application\/(?:json|[^/]*\+json)$/i.test(mediaType.replace(EDGES, ''));
}

/** What Python's `str.strip` takes away, of the characters that a header can hold. */
const EDGES = /^[\s\x85]+|(?<![\s\x85])[\s\x85]+$/g;

/** Byte order marks, longest first: the UTF-32 mark begins with the UTF-16 one. */
const MARKS: readonly (readonly [string, Encoding])[] = [
  ['0000feff', 'utf-32be'],
  ['fffe0000', 'utf-32le'],
  ['feff', 'utf-16be'],
  ['fffe', 'utf-16le'],
  ['efbbbf', 'utf-8'],
];

// Made once: to make a decoder costs more than to decode a user.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

/** Throws when the bytes are not text. Lone surrogates are text: `json.loads` decodes with `surrogatepass`. */
function decode(bytes: Buffer): string {
  if (isPlainUtf8(bytes)) return decodeUtf8(bytes);
  const start = bytes.subarray(0, 4).toString('hex');
  const mark = MARKS.find(([hex]) => start.startsWith(hex));
  const encoding = mark?.[1] ?? encodingByZeros(bytes);
  return DECODERS[encoding](bytes.subarray((mark?.[0].length ?? 0) / 2));
}

const DECODERS: Readonly<Record<Encoding, (bytes: Buffer) => string>> = {
  'utf-8': decodeUtf8,
  'utf-16le': (bytes) => wholeUnits(bytes, 2).toString('utf16le'),
  'utf-16be': (bytes) => Buffer.from(wholeUnits(bytes, 2)).swap16().toString('utf16le'),
  'utf-32le': (bytes) => decodeUtf32(bytes, (at) => bytes.readUInt32LE(at)),
  'utf-32be': (bytes) => decodeUtf32(bytes, (at) => bytes.readUInt32BE(at)),
};

/** The first byte of what stands for a surrogate in a form that UTF-8 forbids, and of U+D000 to U+D7FF. */
const LEADER = 0xed;
const HIGH_SURROGATES = { from: 0xd800, to: 0xdbff };
const LOW_SURROGATES = { from: 0xdc00, to: 0xdfff };

/** Into the units of UTF-16, not into parts of text: a body can hold a surrogate in every third byte. */
function decodeUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const units = Buffer.allocUnsafe(bytes.length * 2);
  let length = 0;
  let from = 0;
  let lastSurrogate = { end: -1, unit: 0 };
  for (let at = bytes.indexOf(LEADER); at >= 0; at = bytes.indexOf(LEADER, at + 1)) {
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    const unit = 0xd000 | ((second & 0x3f) << 6) | (third & 0x3f);
    if (second >> 5 !== 0b101 || third >> 6 !== 0b10) continue;
    // Python keeps the two surrogates apart and cannot write them; a JavaScript string would join them to one character.
    if (lastSurrogate.end === at && isWithin(HIGH_SURROGATES, lastSurrogate.unit) && isWithin(LOW_SURROGATES, unit))
      throw new RangeError('a pair of surrogates in UTF-8');
    length += units.write(UTF8.decode(bytes.subarray(from, at)), length, 'utf16le');
    length = units.writeUInt16LE(unit, length);
    from = at + 3;
    lastSurrogate = { end: from, unit };
  }
  length += units.write(UTF8.decode(bytes.subarray(from)), length, 'utf16le');
  return units.toString('utf16le', 0, length);
}

function isWithin({ from, to }: typeof HIGH_SURROGATES, unit: number): boolean {
  return unit >= from && unit <= to;
}

/** The first two bytes are ASCII, which no mark and no other encoding begins with. */
function isPlainUtf8(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  return first > 0 && first < 0x80 && second > 0 && second < 0x80;
}

/** JSON begins with two ASCII characters: where their zero bytes stand tells the encoding (RFC 4627, section 3). */
function encodingByZeros(bytes: Buffer): Encoding {
  const [a, b, c, d] = bytes;
  if (bytes.length >= 4) {
    if (a === 0) return b === 0 ? 'utf-32be' : 'utf-16be';
    if (b === 0) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le';
  } else if (bytes.length === 2) {
    if (a === 0) return 'utf-16be';
    if (b === 0) return 'utf-16le';
  }
  return 'utf-8';
}

function decodeUtf32(bytes: Buffer, codeAt: (at: number) => number): string {
  const { length } = wholeUnits(bytes, 4);
  const units = Buffer.allocUnsafe(length);
  let written = 0;
  for (let at = 0; at < length; at += 4) {
    // Throws a RangeError beyond U+10FFFF.
    written += units.write(String.fromCodePoint(codeAt(at)), written, 'utf16le');
  }
  return units.toString('utf16le', 0, written);
}

function wholeUnits(bytes: Buffer, size: number): Buffer {
  if (bytes.length % size !== 0) throw new RangeError(`not a whole number of ${String(size)} bytes`);
  return bytes;
}
