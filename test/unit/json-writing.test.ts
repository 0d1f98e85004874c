/** The writer, and what holds for reader and writer together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonLimitError, JsonSyntaxError, parseJson, stringifyJson, type Json } from '../../service/src/text/json.ts';
import { anyText } from '../support/arbitrary-text.ts';

describe('stringifyJson', () => {
  it.each<[value: Json, text: string]>([
    [null, 'null'],
    [true, 'true'],
    [0n, '0'],
    [-42n, '-42'],
    [123456789012345678901234567890n, '123456789012345678901234567890'],
    ['', '""'],
    ['é😀\u2028/', '"é😀\u2028/"'],
    ['"\\\n\u0001\u007f', '"\\"\\\\\\n\\u0001\u007f"'],
    ['a\ud800b', '"a\\ud800b"'],
    [[], '[]'],
    [[1n, 1, 'x', [null]], '[1,1.0,"x",[null]]'],
    [new Map(), '{}'],
    [
      new Map<string, Json>([
        ['b', 1n],
        ['10', 2.5],
        ['', false],
      ]),
      '{"b":1,"10":2.5,"":false}',
    ],
    [new Map([['\ud800"', 1n]]), '{"\\ud800\\"":1}'],
  ])('writes %# compactly', (value, text) => {
    expect(stringifyJson(value)).toBe(text);
  });

  // CPython 3.13.2's repr() of the same numbers.
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [179, '179.0'],
    [1.8, '1.8'],
    [0.1, '0.1'],
    [-2.5, '-2.5'],
    [100_000, '100000.0'],
    [0.0001, '0.0001'],
    [0.00012, '0.00012'],
    [0.00001, '1e-05'],
    [0.000025, '2.5e-05'],
    [-0.00001, '-1e-05'],
    [1e-10, '1e-10'],
    [5e-324, '5e-324'],
    [123456789012345.6, '123456789012345.6'],
    [9007199254740993, '9007199254740992.0'],
    [9999999999999998, '9999999999999998.0'],
    [1e16, '1e+16'],
    [-1e16, '-1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e21, '1e+21'],
    [1e22, '1e+22'],
    [1e100, '1e+100'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
  ])('writes the float %d as Python does', (value, text) => {
    expect(stringifyJson(value)).toBe(text);
  });

  it.each([
    [NaN, '"NaN"'],
    [Infinity, '"Infinity"'],
    [-Infinity, '"-Infinity"'],
  ])('writes %d, for which JSON has no number, as a string', (value, text) => {
    expect(stringifyJson([value])).toBe(`[${text}]`);
  });
});

describe('reader and writer', () => {
  it('bring back any integer', () => {
    fc.assert(
      fc.property(fc.bigInt(), (integer) => {
        expect(parseJson(stringifyJson(integer))).toBe(integer);
      }),
    );
  });

  it('bring back any finite float, -0.0 too', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (float) => {
        expect(parseJson(stringifyJson(float))).toBe(float);
      }),
    );
  });

  it('bring back any string, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units);
        expect(parseJson(stringifyJson(text))).toBe(text);
      }),
    );
  });

  it('bring back any document that JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        expect(canonical(stringifyJson(parseJson(text)))).toBe(canonical(text));
      }),
    );
  });
});

/** Pieces of which correct and almost correct JSON is made. */
const PIECES = '[ ] { } , : " \\ \\u d800 0 1 - . e + true null NaN Infinity "a" "b": 1.5 \t \n \u0000 é 😀 x'.split(
  ' ',
);

describe('the reader, for any text', () => {
  const input = fc.oneof(
    fc.array(fc.constantFrom(...PIECES, ' '), { maxLength: 12 }).map((pieces) => pieces.join('')),
    anyText(),
  );

  it('accepts what JSON.parse accepts, NaN and Infinity apart', () => {
    fc.assert(
      fc.property(input, (text) => {
        fc.pre(!/NaN|Infinity/.test(text));
        expect(accepts(parseJson, text)).toBe(accepts(JSON.parse, text));
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses with a position inside the text', () => {
    fc.assert(
      fc.property(input, (text) => {
        try {
          parseJson(text);
        } catch (error) {
          if (error instanceof JsonLimitError) return;
          expect(error).toBeInstanceOf(JsonSyntaxError);
          const { position } = error as JsonSyntaxError;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThanOrEqual(Array.from(text).length);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function canonical(text: string): string {
  return JSON.stringify(JSON.parse(text));
}

function accepts(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}
