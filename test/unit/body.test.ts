/** From bytes and a content type to a value. Encodings and messages: what CPython 3.13.2's `json.loads` answered. */
import { describe, expect, it } from 'vitest';
import { readBody as readBodyOf } from '../../service/src/http/body.ts';
import { InvalidInput, UnreadableBody } from '../../service/src/http/errors.ts';
import { JsonText, parseJson, type Json } from '../../service/src/text/json.ts';

const TEXT = '{"a": 1}';
const PARSED = new Map([['a', 1n]]);

/** The whole value. The service itself reads the members of a user, and leaves the rest as text. */
function readBody(bytes: Buffer | undefined, contentType: string | undefined): Json | undefined {
  const value = readBodyOf(bytes, contentType, new Set(['a']));
  return value instanceof JsonText ? parseJson(value.text) : value;
}

describe('the content type', () => {
  it.each([
    [undefined],
    [''],
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['application/json;charset=latin-1'],
    [' application/json ;x'],
    ['APPLICATION/JSON'],
    ['application/problem+json'],
    ['application/vnd.api+json; version=1'],
    ['application/+json'],
    ['\u00a0application/json\u0085\t'],
    ['application/\u00a0+json'],
  ])('%j says JSON', (contentType) => {
    expect(readBody(Buffer.from(TEXT), contentType)).toStrictEqual(PARSED);
  });

  it.each([
    ['text/plain'],
    ['text/json'],
    ['application/x-www-form-urlencoded'],
    ['application/octet-stream'],
    ['application/jsonp'],
    ['application/json5'],
    ['application/xjson'],
    ['application/json+xml'],
    ['application/json/x'],
    ['application/a/b+json'],
    ['application /json'],
    ['application/json \u200b'],
    ['application/json\u0000'],
    ['application'],
    ['json'],
    [';application/json'],
    ['text/plain, application/json'],
    ['application/json, text/plain'],
  ])('%j does not: the body is one string', (contentType) => {
    expect(readBody(Buffer.from(TEXT), contentType)).toBe(TEXT);
  });

  it('without JSON, bytes that are not UTF-8 become U+FFFD', () => {
    expect(readBody(Buffer.from('ffff61', 'hex'), 'text/plain')).toBe('\ufffd\ufffda');
  });

  it.each([
    ['no body', undefined, 'application/json'],
    ['an empty body', Buffer.alloc(0), 'application/json'],
    ['an empty body of another type', Buffer.alloc(0), 'text/plain'],
  ])('does not matter for %s', (_what, bytes, contentType) => {
    expect(readBody(bytes, contentType)).toBeUndefined();
  });
});

describe('the encoding is seen in the bytes', () => {
  it.each([
    ['UTF-8', '5b22c3a9f09f9880225d', ['é😀']],
    ['UTF-8 with a mark', 'efbbbf5b315d', [1n]],
    ['UTF-16LE', '5b002200e9003dd800de22005d00', ['é😀']],
    ['UTF-16BE', '005b002200e9d83dde000022005d', ['é😀']],
    ['UTF-16LE, one character', '3100', 1n],
    ['UTF-16BE, one character', '0031', 1n],
    ['UTF-16LE, two characters', '31003200', 12n],
    ['UTF-16LE with a mark', 'fffe5b0031005d00', [1n]],
    ['UTF-16BE with a mark', 'feff005b0031005d', [1n]],
    ['UTF-32LE', '5b000000310000005d000000', [1n]],
    ['UTF-32BE', '0000005b000000220001f600000000220000005d', ['😀']],
    ['UTF-32LE, one character', '31000000', 1n],
    ['UTF-32BE, one character', '00000031', 1n],
    ['UTF-32LE with a mark', 'fffe00005b000000310000005d000000', [1n]],
    ['UTF-32BE with a mark', '0000feff0000005b000000310000005d', [1n]],
    ['UTF-8, one byte', '31', 1n],
    // Python decodes with `surrogatepass`.
    ['UTF-8 with a surrogate', '22c3a9eda08061edbfbf22', 'é\ud800a\udfff'],
    ['UTF-16LE with a lone surrogate', '220000d82200', '\ud800'],
    ['UTF-16BE with a mark and a lone surrogate', 'feff0022dfff0022', '\udfff'],
    ['UTF-32LE with a surrogate', '2200000000d8000022000000', '\ud800'],
  ])('%s', (_encoding, hex, value) => {
    expect(readBody(Buffer.from(hex, 'hex'), undefined)).toStrictEqual(value);
  });

  it.each([
    ['a byte that UTF-8 never has', '22ff22'],
    ['a truncated character', '22c3'],
    ['an overlong character', '22c0af22'],
    ['Latin-1', '22e922'],
    ['a truncated surrogate', '22eda022'],
    ['a pair of surrogates in UTF-8', '22eda0bdedb88022'],
    ['a surrogate beside a byte that UTF-8 never has', '22eda080ff22'],
    ['half a unit of UTF-16', '5b0031005d'],
    ['part of a unit of UTF-32', '5b000000310000005d'],
    ['a code point beyond U+10FFFF', '5b00000000001100'],
  ])('%s cannot be read', (_what, hex) => {
    expect(() => readBody(Buffer.from(hex, 'hex'), undefined)).toThrow(UnreadableBody);
  });
});

describe('malformed JSON', () => {
  it.each([
    ['{', 1, 'Expecting property name enclosed in double quotes'],
    ['[1,]', 2, 'Illegal trailing comma before end of array'],
    ['["😀" x]', 5, "Expecting ',' delimiter"],
    [' ', 1, 'Expecting value'],
    ['\ufeff', 0, 'Expecting value'],
    ['\ufeff\ufeff1', 0, 'Expecting value'],
    ['\u0000', 0, 'Expecting value'],
  ])('%j is one error that says where', (text, position, error) => {
    const act = () => readBody(Buffer.from(text), 'application/json');
    expect(act).toThrow(InvalidInput);
    expect(act).toThrow(
      expect.objectContaining({
        errors: [
          { type: 'json_invalid', loc: ['body', position], msg: 'JSON decode error', input: new Map(), ctx: { error } },
        ],
      }),
    );
  });

  it.each([
    ['too deep', '['.repeat(100_000)],
    ['an integer that is too long', '9'.repeat(4301)],
  ])('%s cannot be read', (_what, text) => {
    expect(() => readBody(Buffer.from(text), undefined)).toThrow(UnreadableBody);
  });
});
