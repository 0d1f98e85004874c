/** What holds for every input of a kind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../service/src/text/json.ts';
import { Rejection, toBool, toFloat, toInt, toStr, unstorable } from '../../service/src/model/conversion.ts';
import { anyText } from '../support/arbitrary-text.ts';

const spaces = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r', '\u0085', '\u00a0', '\u2003', '\u3000') });
const zeros = fc.nat({ max: 30 }).map((count) => '0'.repeat(count));

const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt(),
    fc.double(),
    anyText(),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.string({ unit: fc.constantFrom('0', '1', '9', '_', '.', '+', '-', 'e', ' ', 't', 'n', 'inf') }),
    fc.array(tie('json')),
    fc.array(fc.tuple(fc.string(), tie('json'))).map((members) => new Map(members)),
  ),
})).json;

describe('toInt', () => {
  it('reads the decimal text of any integer, with all that may be around it', () => {
    fc.assert(
      fc.property(fc.bigInt(), spaces, zeros, zeros, spaces, (integer, before, leading, trailing, after) => {
        const sign = integer < 0n ? '-' : '+';
        const digits = (integer < 0n ? -integer : integer).toString();
        const fraction = trailing === '' ? '' : `.${trailing}`;
        expect(toInt(integer.toString())).toBe(integer);
        expect(toInt(before + sign + leading + digits + fraction + after)).toBe(integer);
      }),
    );
  });

  it('reads digits with single underscores between them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 20 }), (groups) => {
        expect(toInt(groups.join('_'))).toBe(BigInt(groups.join('')));
      }),
    );
  });

  it('takes a whole float below 2^63 for the same integer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (integer) => {
        expect(toInt(integer)).toBe(BigInt(integer));
      }),
    );
  });
});

describe('toFloat', () => {
  it('reads the decimal text of any finite float', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), spaces, (float, space) => {
        expect(toFloat(space + (Object.is(float, -0) ? '-0.0' : String(float)) + space)).toBe(float);
      }),
    );
  });
});

describe('any input', () => {
  it.each([
    { name: 'toStr', convert: toStr, type: 'string' },
    { name: 'toInt', convert: toInt, type: 'bigint' },
    { name: 'toFloat', convert: toFloat, type: 'number' },
    { name: 'toBool', convert: toBool, type: 'boolean' },
  ])('$name gives a $type or says why not', ({ convert, type }) => {
    fc.assert(
      fc.property(anyJson, (input) => {
        const value = convert(input);
        if (value instanceof Rejection) expect(value.message).toMatch(/^(Input should be|Unable to parse)/);
        else expect(typeof value).toBe(type);
      }),
      { numRuns: 2000 },
    );
  });

  it('what can be stored is finite, and can be written as UTF-8', () => {
    fc.assert(
      fc.property(anyJson, fc.constantFrom(toStr, toInt, toFloat, toBool), (input, convert) => {
        const value = convert(input);
        fc.pre(!(value instanceof Rejection));
        const bytes = Buffer.from(String(value));
        const isFaithful = value === value && Math.abs(Number(value)) !== Infinity && String(bytes) === String(value);
        expect(unstorable(value) === undefined).toBe(isFaithful);
      }),
      { numRuns: 2000 },
    );
  });
});
