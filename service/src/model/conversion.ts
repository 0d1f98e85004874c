/**
 * Lax conversion as pydantic 2.10 does it in Python mode, one function a kind of field.
 * The rules: https://docs.pydantic.dev/2.10/concepts/conversion_table/ and pydantic-core's src/input/shared.rs;
 * their corners were checked against the recorded answers of the original service.
 */
import { MAX_DIGITS, type Json } from '../text/json.ts';

/** Error types and messages: https://docs.pydantic.dev/2.10/errors/validation_errors/ */
const MESSAGES = {
  missing: 'Field required',
  model_attributes_type: 'Input should be a valid dictionary or object to extract fields from',
  string_type: 'Input should be a valid string',
  string_unicode: 'Input should be a valid string, unable to parse raw data as a unicode string',
  int_type: 'Input should be a valid integer',
  int_parsing: 'Input should be a valid integer, unable to parse string as an integer',
  int_parsing_size: 'Unable to parse input string as an integer, exceeded maximum size',
  int_from_float: 'Input should be a valid integer, got a number with a fractional part',
  finite_number: 'Input should be a finite number',
  float_type: 'Input should be a valid number',
  float_parsing: 'Input should be a valid number, unable to parse string as a number',
  bool_type: 'Input should be a valid boolean',
  bool_parsing: 'Input should be a valid boolean, unable to interpret input',
} as const;

export class Rejection {
  readonly type: keyof typeof MESSAGES;

  constructor(type: keyof typeof MESSAGES) {
    this.type = type;
  }

  get message(): string {
    return MESSAGES[this.type];
  }
}

export type Convert<T extends Json> = (input: Json) => T | Rejection;

// Every pattern that meets a body takes linear time: no part can give back what another would take.
const SPACE = /^\p{White_Space}$/u;
// Nearly every id. It needs none of the rules below, which cost more than the rest of a GET's conversion.
const SHORT_INTEGER = /^[1-9]\d{0,17}$/;
const INTEGER = /^(-?)(0|[1-9]\d*(?:_\d+)*)(?:\.0+)?$/;
/** What is cleaned away before INTEGER must fit, in this order (`clean_int_str` in pydantic-core). */
const CLEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^\+(?!-)/, ''],
  // Leading zeros, with any underscores among them.
  [/^(-?)0[0_]*(?=[1-9]|0$|0\.)/, '$1'],
  // The same before a minus: "0-1" is -1.
  [/^0[0_]*-_?/, '-'],
];
const DIGITS_AT_START = /^-?[1-9]\d*/;
const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
// Underscores are dropped before the text is read as a float, but not at its ends and not two in a row; text with
// underscores may have no spaces around it (`str_as_float` trims only what it reads first).
const MISPLACED_UNDERSCORE = /^_|__|_$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan$/i;
const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 't', 'y', 'on', 'yes', 'true']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['0', 'f', 'n', 'no', 'off', 'false']);
const INT64_EDGE = 2 ** 63;

export const toStr: Convert<string> = (input) => (typeof input === 'string' ? input : new Rejection('string_type'));

interface Scalars {
  bigint: bigint;
  boolean: boolean;
  number: number;
  string: string;
}

/** @param otherwise why an input of any other type is refused */
function byType<T extends Json>(
  rules: { readonly [Type in keyof Scalars]: (input: Scalars[Type]) => T | Rejection },
  otherwise: Rejection['type'],
): Convert<T> {
  return (input) => {
    const rule = rules[typeof input as keyof Scalars] as Convert<T> | undefined;
    return rule === undefined ? new Rejection(otherwise) : rule(input);
  };
}

export const toInt = byType<bigint>(
  { bigint: (input) => input, boolean: BigInt, number: floatToInt, string: textToInt },
  'int_type',
);

export const toFloat = byType<number>(
  { bigint: intToFloat, boolean: Number, number: (input) => input, string: textToFloat },
  'float_type',
);

export const toBool = byType<boolean>(
  { bigint: intToBool, boolean: (input) => input, number: floatToBool, string: textToBool },
  'bool_type',
);

/** Why a converted value cannot be stored. pydantic takes these, and the original answers 500 when it stores them. */
export function unstorable(value: Json): Rejection | undefined {
  if (typeof value === 'string' && !value.isWellFormed()) return new Rejection('string_unicode');
  if (typeof value === 'number' && !Number.isFinite(value)) return new Rejection('finite_number');
  return undefined;
}

function floatToInt(float: number): bigint | Rejection {
  if (!Number.isFinite(float)) return new Rejection('finite_number');
  if (!Number.isInteger(float)) return new Rejection('int_from_float');
  return Math.abs(float) < INT64_EDGE ? BigInt(float) : new Rejection('int_parsing_size');
}

function textToInt(text: string): bigint | Rejection {
  if (SHORT_INTEGER.test(text)) return BigInt(text);
  if (!text.isWellFormed()) return new Rejection('string_unicode');
  // The sign counts as a digit here. Text that must be cleaned first is refused as unreadable, however long.
  if ((DIGITS_AT_START.exec(text)?.[0].length ?? 0) > MAX_DIGITS) return new Rejection('int_parsing_size');
  const clean = CLEANINGS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), trim(text));
  const [beforePoint = ''] = clean.split('.', 1);
  // Too many digits, even with an underscore after each. The pattern would take memory for each of them.
  if (beforePoint.length > 2 * MAX_DIGITS) return new Rejection('int_parsing');
  const [, sign = '', digits = ''] = INTEGER.exec(clean) ?? [];
  const number = sign + digits.replaceAll('_', '');
  return digits === '' || number.length > MAX_DIGITS ? new Rejection('int_parsing') : BigInt(number);
}

function intToFloat(integer: bigint): number | Rejection {
  const float = Number(integer);
  return Number.isFinite(float) ? float : new Rejection('float_type');
}

function textToFloat(text: string): number | Rejection {
  if (!text.isWellFormed()) return new Rejection('string_unicode');
  if (MISPLACED_UNDERSCORE.test(text)) return new Rejection('float_parsing');
  const number = text.includes('_') ? text.replaceAll('_', '') : trim(text);
  if (FLOAT.test(number)) return Number(number);
  if (NOT_A_NUMBER.test(number)) return NaN;
  return INFINITE.test(number) ? Number(number.replace(INFINITE, '$1Infinity')) : new Rejection('float_parsing');
}

function textToBool(text: string): boolean | Rejection {
  if (!text.isWellFormed()) return new Rejection('string_unicode');
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : new Rejection('bool_parsing');
}

function intToBool(integer: bigint): boolean | Rejection {
  return BigInt.asIntN(64, integer) === integer ? numberToBool(Number(integer)) : new Rejection('bool_type');
}

function floatToBool(float: number): boolean | Rejection {
  return Number.isInteger(float) && Math.abs(float) < INT64_EDGE ? numberToBool(float) : new Rejection('bool_type');
}

function numberToBool(number: number): boolean | Rejection {
  return number === 0 || number === 1 ? number === 1 : new Rejection('bool_parsing');
}

/** As Rust's `str::trim`, which differs from `String.prototype.trim` at U+FEFF and U+0085. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text.charAt(start))) start++;
  while (end > start && SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
