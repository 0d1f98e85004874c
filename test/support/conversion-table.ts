/** Tables for conversions: a row is an input and what must come of it. */
import { expect, it } from 'vitest';
import { stringifyJson, type Json } from '../../service/src/text/json.ts';
import { Rejection, type Convert } from '../../service/src/model/conversion.ts';

export function accepts<T extends Json>(
  convert: Convert<T>,
  rows: readonly (readonly [input: Json, value: T])[],
): void {
  it.each(rows.map(([input, value]) => ({ title: show(input), input, value })))(
    'accepts $title',
    ({ input, value }) => {
      expect(convert(input)).toBe(value);
    },
  );
}

export function refuses(
  convert: Convert<Json>,
  rows: readonly (readonly [input: Json, type: Rejection['type']])[],
): void {
  it.each(rows.map(([input, type]) => ({ title: show(input), input, type })))(
    'refuses $title: $type',
    ({ input, type }) => {
      expect(convert(input)).toStrictEqual(new Rejection(type));
    },
  );
}

function show(input: Json): string {
  const text = stringifyJson(input);
  return text.length <= 40 ? text : `${text.slice(0, 20)}… (${String(text.length)} characters)`;
}
