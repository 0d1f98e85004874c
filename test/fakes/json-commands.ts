/**
 * RedisJSON at the root of a document, told in commands that a server without modules knows.
 *
 * Where each belief comes from (source: github.com/RedisJSON/RedisJSON, redis_json/src):
 * - JSON.SET key path value [NX|XX] answers OK, or nil when NX or XX refuse; JSON.GET of an absent key answers nil; the
 *   path `$` answers an array of matches, `.` the document: redis.io/commands/json.set and json.get.
 * - a key of another type: `Existing key has wrong Redis type`, without a prefix: RedisJSON#725; still so in Redis
 *   8.10.1 as other servers' compatibility suites have recorded it.
 * - a value that is not JSON: serde_json's words without a prefix, as in RedisJSON#1289 (error.rs, From<serde_json>);
 *   only one of its wordings is used here.
 * - documents are written anew from values: no white space, the order of keys is kept, escapes only where JSON wants
 *   them (formatter.rs).
 * - integers from -2^63 to 2^64-1 are kept, any other becomes a float and loses digits: RedisJSON#869, and PR #1190 for
 *   the bounds. Floats look as serde_json prints them: `1e16`, where Python has `1e+16`.
 * - a float of 17 digits can come back as its neighbour: serde_json reads it so unless it is built with its feature
 *   float_roundtrip (github.com/serde-rs/json, src/de.rs: parse_decimal, f64_from_parts), and RedisJSON is built without.
 * - JSON.SET is refused when memory is used up: its flags are [Write, DenyOOM] (commands.rs), as those of SET.
 * - the module's name in MODULE LIST is ReJSON: RedisJSON#1289 shows it with its version.
 *
 * Unlike the real one: a document is a Redis string (TYPE says so, a plain string counts as a document, a user needs
 * +set +get besides +json.set +json.get), EXEC answers for the string commands, and of RESP3 only HELLO is understood.
 */
import type { Exchange } from './redis-proxy.ts';
import { readCommand, writeBlob, writeCommand } from './resp.ts';

const OK = Buffer.from('+OK\r\n');
const NIL = Buffer.from('$-1\r\n');
const QUEUED = Buffer.from('+QUEUED\r\n');
const NOT_JSON = Buffer.from('-expected value at line 1 column 1\r\n');
const WRONG_TYPE = Buffer.from('-Existing key has wrong Redis type\r\n');
const UNKNOWN_HERE = Buffer.from('-ERR this stand-in of RedisJSON knows only the root of a document\r\n');
const MODULE = { name: 'ReJSON', version: 20409, path: '/opt/redis-stack/lib/rejson.so' };

interface Module {
  readonly name: string;
  /** 20409 is 2.4.9. */
  readonly version: number;
  readonly path: string;
}

/** What to send for a client's command. */
export function translate(frame: Buffer): Exchange {
  const words = readCommand(frame);
  const [name = '', key = '', ...rest] = words.slice(0, 3).map(String);
  switch (name.toUpperCase()) {
    case 'JSON.SET':
      return set(key, words.slice(2).map(String));
    case 'JSON.GET':
      return get(key, words.slice(2).map(String));
    case 'MODULE':
      return { request: frame, answer: key.toUpperCase() === 'LIST' && rest.length === 0 ? addModule(MODULE) : same };
    default:
      return { request: frame, answer: same };
  }
}

function set(key: string, [path = '', value = '', condition]: readonly string[]): Exchange {
  const document = normalise(value);
  // Local answers keep their place in the queue: the server is asked too, and may refuse for its own reasons.
  if (!isRoot(path)) return { request: writeCommand('GET', key), answer: orRefusal(UNKNOWN_HERE) };
  if (document === undefined) return { request: writeCommand('GET', key), answer: orRefusal(NOT_JSON) };
  // GET makes SET look at the type of what is there, and answer with it.
  const request = writeCommand('SET', key, document, ...(condition === undefined ? [] : [condition]), 'GET');
  const whenNil = condition?.toUpperCase() === 'XX' ? NIL : OK;
  const whenThere = condition?.toUpperCase() === 'NX' ? NIL : OK;
  return { request, answer: (reply) => orRefusal(isNil(reply) ? whenNil : whenThere)(reply) };
}

function get(key: string, [path = '.', ...more]: readonly string[]): Exchange {
  const request = writeCommand('GET', key);
  if (!isRoot(path) || more.length > 0) return { request, answer: orRefusal(UNKNOWN_HERE) };
  return {
    request,
    answer: (reply) => {
      if (isNil(reply) || path === '.') return orRefusal(reply)(reply);
      const document = reply.subarray(reply.indexOf('\r\n') + 2, -2);
      return orRefusal(writeBlob(Buffer.concat([Buffer.from('['), document, Buffer.from(']')])))(reply);
    },
  };
}

function same(reply: Buffer): Buffer {
  return reply;
}

/** The answer, unless the server refused the command or only queued it. */
function orRefusal(answer: Buffer): (reply: Buffer) => Buffer {
  return (reply) => {
    if (reply.equals(QUEUED)) return reply;
    if (!reply.toString('latin1', 0, 1).startsWith('-')) return answer;
    const refusal = reply.toString();
    if (refusal.startsWith('-WRONGTYPE')) return WRONG_TYPE;
    return Buffer.from(refusal.replace(/'(set|get)' command/, "'json.$1' command"));
  };
}

/** One more module in the reply to MODULE LIST. */
export function addModule({ name, version, path }: Module): (reply: Buffer) => Buffer {
  const pairs = [writeBlob('name'), writeBlob(name), writeBlob('ver'), Buffer.from(`:${String(version)}\r\n`)];
  const more = [writeBlob('path'), writeBlob(path), writeBlob('args'), Buffer.from('*0\r\n')];
  return (reply) => {
    const [, count] = /^\*(\d+)\r\n/.exec(reply.toString('latin1', 0, 16)) ?? [];
    if (count === undefined) return reply;
    const others = reply.subarray(reply.indexOf('\r\n') + 2);
    return Buffer.concat([
      Buffer.from(`*${String(Number(count) + 1)}\r\n`),
      others,
      Buffer.from('*8\r\n'),
      ...pairs,
      ...more,
    ]);
  };
}

function isRoot(path: string): boolean {
  return path === '$' || path === '.';
}

function isNil(reply: Buffer): boolean {
  return reply.equals(NIL) || reply.equals(Buffer.from('_\r\n'));
}

/** A document as it comes back; undefined when it is not JSON. */
function normalise(text: string): string | undefined {
  try {
    JSON.parse(text);
    return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|\s+/g, (token) => {
      if (token.startsWith('"')) return JSON.stringify(wellFormed(JSON.parse(token) as string));
      return token.trim() === '' ? '' : number(token);
    });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('lone leading surrogate in hex escape');
  return text;
}

function number(token: string): string {
  if (/^-?\d+$/.test(token) && token !== '-0') {
    const integer = BigInt(token);
    if (integer >= -(2n ** 63n) && integer < 2n ** 64n) return token;
  }
  const float = floatOf(token);
  if (!Number.isFinite(float)) throw new RangeError('number out of range');
  const size = Math.abs(float);
  if (size !== 0 && (size < 1e-5 || size >= 1e16)) return float.toExponential().replace('e+', 'e');
  const digits = Object.is(float, -0) ? '-0' : String(float);
  return digits.includes('.') ? digits : `${digits}.0`;
}

const LARGEST = 2n ** 64n - 1n;
/** The largest power of ten that serde_json multiplies by in one step. */
const LARGEST_POWER = 308;

/** As many digits as an integer of 64 bits holds, times a power of ten: the two are rounded one after the other. */
function floatOf(token: string): number {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(token) ?? [];
  let significand = 0n;
  let exponent = Number(power);
  const fits = (digit: string): boolean => {
    const next = significand * 10n + BigInt(digit);
    if (next > LARGEST) return false;
    significand = next;
    return true;
  };
  const ignored = Array.from(whole).findIndex((digit) => !fits(digit));
  if (ignored >= 0) exponent += whole.length - ignored;
  for (const digit of ignored >= 0 ? '' : fraction) {
    if (!fits(digit)) break;
    exponent--;
  }
  let float = Number(significand);
  for (; exponent < -LARGEST_POWER && float !== 0; exponent += LARGEST_POWER)
    float /= Number(`1e${String(LARGEST_POWER)}`);
  if (float !== 0)
    float = exponent < 0 ? float / Number(`1e${String(-exponent)}`) : float * Number(`1e${String(exponent)}`);
  return sign === '-' ? -float : float;
}
