/**
 * Lax conversion of strings and booleans. The rules: https://docs.pydantic.dev/2.10/concepts/conversion_table/; what is expected of
 * corners is recorded in shared/fastapi/cases.jsonl, or what pydantic-core answered to the same input.
 */
import { describe, expect, it } from 'vitest';
import { Rejection, toBool, toStr, unstorable } from '../../service/src/model/conversion.ts';
import { accepts, refuses } from '../support/conversion-table.ts';

const LONE = 'a\ud800';
const MANY = 100_000;

describe('toStr', () => {
  accepts(toStr, [
    ['', ''],
    [' x ', ' x '],
    ['42', '42'],
    ['é😀\u0000', 'é😀\u0000'],
    [LONE, LONE],
  ]);
  refuses(toStr, [
    [null, 'string_type'],
    [true, 'string_type'],
    [1n, 'string_type'],
    [1.5, 'string_type'],
    [NaN, 'string_type'],
    [['a'], 'string_type'],
    [new Map(), 'string_type'],
  ]);
});

describe('unstorable', () => {
  it.each([
    [LONE, 'string_unicode'],
    ['\udc00', 'string_unicode'],
    [NaN, 'finite_number'],
    [Infinity, 'finite_number'],
    [-Infinity, 'finite_number'],
  ] as const)('%j: %s', (value, type) => {
    expect(unstorable(value)).toStrictEqual(new Rejection(type));
  });

  it.each([['é😀\u0000'], [''], [0], [-1.7976931348623157e308], [10n ** 400n], [true], [null]])(
    '%s can be stored',
    (value) => {
      expect(unstorable(value)).toBeUndefined();
    },
  );
});

describe('toBool', () => {
  accepts(toBool, [
    [true, true],
    [false, false],
    [1n, true],
    [0n, false],
    [1, true],
    [0, false],
    [-0, false],
    ...['1', 't', 'y', 'on', 'yes', 'true', 'T', 'Y', 'On', 'YES', 'True', 'tRUE'].map((word) => [word, true] as const),
    ...['0', 'f', 'n', 'no', 'off', 'false', 'F', 'N', 'No', 'OFF', 'False'].map((word) => [word, false] as const),
  ]);
  refuses(toBool, [
    [null, 'bool_type'],
    [[], 'bool_type'],
    [new Map(), 'bool_type'],
    [0.5, 'bool_type'],
    [NaN, 'bool_type'],
    [1e300, 'bool_type'],
    [2n ** 63n, 'bool_type'],
    [2n, 'bool_parsing'],
    [-1n, 'bool_parsing'],
    [-(2n ** 63n), 'bool_parsing'],
    [2, 'bool_parsing'],
    ['', 'bool_parsing'],
    [' true', 'bool_parsing'],
    ['false ', 'bool_parsing'],
    ['2', 'bool_parsing'],
    ['1.0', 'bool_parsing'],
    ['male', 'bool_parsing'],
    ['null', 'bool_parsing'],
    ['ｙes', 'bool_parsing'],
    ['fal\u017fe', 'bool_parsing'],
    [LONE, 'string_unicode'],
    ['t'.repeat(MANY), 'bool_parsing'],
  ]);
});
