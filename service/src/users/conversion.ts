/**
 * Lax conversion as pydantic 2.10 does it in Python mode, one function a kind of field.
 * The rules: https://docs.pydantic.dev/2.10/concepts/conversion_table/ and pydantic-core's src/input/shared.rs;
 * their corners were checked against the recorded answers of the original service.
 */
import { MAX_DIGITS, type Json } from '../json.ts';

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

/** Why an input was refused. */
export class Rejection {
  readonly type: keyof typeof MESSAGES;

  constructor(type: keyof typeof MESSAGES) {
    this.type = type;
  }

  get message(): string {
    return MESSAGES[this.type];
  }
}

/** Input to value, or the reason why not. */
export type Convert<T extends Json> = (input: Json) => T | Rejection;

// Every pattern that meets a body takes linear time: no part can give back what another would take.
const SPACE = /^\p{White_Space}$/u;
// Nearly every id. It needs none of the rules below, which cost more than the rest of a GET's conversion.
const SHORT_INTEGER = /^[1-9]\d{0,17}$/;
const INTEGER = /^(-?)(\d+(?:_\d+)*)(?:\.0+)?$/;
// pydantic-core drops a plus, and leading zeros with any underscores among them; a minus may follow zeros, not a plus.
const LEADING = /^\+?0[0_]*(?=[1-9-]|0$|0\.)|^\+(?!-)/;
const DIGITS_AT_START = /^-?[1-9]\d*/;
const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
// Underscores are dropped before the text is read as a float, but not at its ends and not two in a row; text with
// underscores may have no spaces around it (`str_as_float` trims only what it reads first).
const MISPLACED_UNDERSCORE = /^_|__|_$/;
const NOT_FINITE = /^[+-]?(?:inf|infinity|nan)$/i;
const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 't', 'y', 'on', 'yes', 'true']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['0', 'f', 'n', 'no', 'off', 'false']);
const INT64_EDGE = 2 ** 63;

export const toStr: Convert<string> = (input) => {
  if (typeof input !== 'string') return new Rejection('string_type');
  // The original lets a lone surrogate through here and answers 500 when it cannot encode it.
  return input.isWellFormed() ? input : new Rejection('string_unicode');
};

export const toInt: Convert<bigint> = (input) => {
  switch (typeof input) {
    case 'bigint':
      return input;
    case 'boolean':
      return input ? 1n : 0n;
    case 'number':
      return floatToInt(input);
    case 'string':
      return textToInt(input);
    default:
      return new Rejection('int_type');
  }
};

export const toFloat: Convert<number> = (input) => {
  switch (typeof input) {
    case 'number':
      return Number.isFinite(input) ? input : new Rejection('finite_number');
    case 'bigint': {
      const float = Number(input);
      return Number.isFinite(float) ? float : new Rejection('float_type');
    }
    case 'boolean':
      return input ? 1 : 0;
    case 'string':
      return textToFloat(input);
    default:
      return new Rejection('float_type');
  }
};

export const toBool: Convert<boolean> = (input) => {
  switch (typeof input) {
    case 'boolean':
      return input;
    case 'bigint':
      return BigInt.asIntN(64, input) === input ? numberToBool(Number(input)) : new Rejection('bool_type');
    case 'number':
      return Number.isInteger(input) && Math.abs(input) < INT64_EDGE ? numberToBool(input) : new Rejection('bool_type');
    case 'string':
      return textToBool(input);
    default:
      return new Rejection('bool_type');
  }
};

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
  const [, sign = '', digits = ''] = INTEGER.exec(trim(text).replace(LEADING, '')) ?? [];
  const number = sign + digits.replaceAll('_', '');
  return digits === '' || number.length > MAX_DIGITS ? new Rejection('int_parsing') : BigInt(number);
}

function textToFloat(text: string): number | Rejection {
  if (!text.isWellFormed()) return new Rejection('string_unicode');
  if (MISPLACED_UNDERSCORE.test(text)) return new Rejection('float_parsing');
  const number = text.includes('_') ? text.replaceAll('_', '') : trim(text);
  if (NOT_FINITE.test(number)) return new Rejection('finite_number');
  if (!FLOAT.test(number)) return new Rejection('float_parsing');
  const float = Number(number);
  return Number.isFinite(float) ? float : new Rejection('finite_number');
}

function textToBool(text: string): boolean | Rejection {
  if (!text.isWellFormed()) return new Rejection('string_unicode');
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : new Rejection('bool_parsing');
}

function numberToBool(number: number): boolean | Rejection {
  if (number === 1) return true;
  return number === 0 ? false : new Rejection('bool_parsing');
}

/** As Rust's `str::trim`, which differs from `String.prototype.trim` at U+FEFF and U+0085. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text.charAt(start))) start++;
  while (end > start && SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
