/** The reader. What is expected is what CPython 3.13.2's `json.loads` answered to the same texts. */
import { describe, expect, it } from 'vitest';
import { JsonLimitError, JsonSyntaxError, parseJson, stringifyJson, type Json } from '../../service/src/text/json.ts';

describe('parseJson refuses with the message and the position of CPython', () => {
  it.each<[text: string, message: string, position: number]>([
    ['', 'Expecting value', 0],
    ['   ', 'Expecting value', 3],
    ['nul', 'Expecting value', 0],
    ['True', 'Expecting value', 0],
    ["'a'", 'Expecting value', 0],
    ['-', 'Expecting value', 0],
    ['--1', 'Expecting value', 0],
    ['+1', 'Expecting value', 0],
    ['.5', 'Expecting value', 0],
    ['nan', 'Expecting value', 0],
    ['-NaN', 'Expecting value', 0],
    ['-Inf', 'Expecting value', 0],
    ['Infinit', 'Expecting value', 0],
    [']', 'Expecting value', 0],
    ['}', 'Expecting value', 0],
    ['\u00a01', 'Expecting value', 0],
    ['\u2028[]', 'Expecting value', 0],
    ['\ufeff1', 'Expecting value', 0],
    ['// c\n1', 'Expecting value', 0],
    ['[', 'Expecting value', 1],
    ['[ ', 'Expecting value', 2],
    ['[,1]', 'Expecting value', 1],
    ['[1,', 'Expecting value', 3],
    ['[1,,2]', 'Expecting value', 3],
    ['[1,\n 2,\n x]', 'Expecting value', 9],
    ['{"a":', 'Expecting value', 5],
    ['{"a":}', 'Expecting value', 5],
    ['{"a":,}', 'Expecting value', 5],
    ['{"a":[1,{"b":x}]}', 'Expecting value', 13],
    ['01', 'Extra data', 1],
    ['-01', 'Extra data', 2],
    ['1.', 'Extra data', 1],
    ['1.e3', 'Extra data', 1],
    ['1e', 'Extra data', 1],
    ['1e+', 'Extra data', 1],
    ['0x10', 'Extra data', 1],
    ['1_000', 'Extra data', 1],
    ['1\f', 'Extra data', 1],
    ['1 2', 'Extra data', 2],
    ['NaNa', 'Extra data', 3],
    ['truefalse', 'Extra data', 4],
    ['{} {}', 'Extra data', 3],
    ['[]\u00a0', 'Extra data', 2],
    ['[1', "Expecting ',' delimiter", 2],
    ['[1 2]', "Expecting ',' delimiter", 3],
    ['[1}', "Expecting ',' delimiter", 2],
    ['[1.5.2]', "Expecting ',' delimiter", 4],
    ['[1e5e2]', "Expecting ',' delimiter", 4],
    ['[nulll]', "Expecting ',' delimiter", 5],
    ['{"a":1', "Expecting ',' delimiter", 6],
    ['{"a":1]', "Expecting ',' delimiter", 6],
    ['{"a":1 "b":2}', "Expecting ',' delimiter", 7],
    ['{"a"', "Expecting ':' delimiter", 4],
    ['{"a" 1}', "Expecting ':' delimiter", 5],
    ['{"a":1,"b"}', "Expecting ':' delimiter", 10],
    ['{', 'Expecting property name enclosed in double quotes', 1],
    ['{ ', 'Expecting property name enclosed in double quotes', 2],
    ['{a:1}', 'Expecting property name enclosed in double quotes', 1],
    ["{'a':1}", 'Expecting property name enclosed in double quotes', 1],
    ['{1:2}', 'Expecting property name enclosed in double quotes', 1],
    ['{,}', 'Expecting property name enclosed in double quotes', 1],
    ['{"a":1,', 'Expecting property name enclosed in double quotes', 7],
    ['{"a":1,,}', 'Expecting property name enclosed in double quotes', 7],
    ['[1,]', 'Illegal trailing comma before end of array', 2],
    ['[1 , ]', 'Illegal trailing comma before end of array', 3],
    ['{"a":1,}', 'Illegal trailing comma before end of object', 6],
    ['{"a":1 , }', 'Illegal trailing comma before end of object', 7],
    ['"', 'Unterminated string starting at', 0],
    ['"abc', 'Unterminated string starting at', 0],
    ['"abc\\', 'Unterminated string starting at', 0],
    ['"abc\\"', 'Unterminated string starting at', 0],
    ['"\\u1234\\', 'Unterminated string starting at', 0],
    ['{"a', 'Unterminated string starting at', 1],
    ['{"a":"b', 'Unterminated string starting at', 5],
    ['"\t"', 'Invalid control character at', 1],
    ['"a\nb"', 'Invalid control character at', 2],
    ['"\u0000"', 'Invalid control character at', 1],
    ['"\u001f"', 'Invalid control character at', 1],
    ['"\\x"', 'Invalid \\escape', 1],
    ['"ab\\q"', 'Invalid \\escape', 3],
    ['"\\U0041"', 'Invalid \\escape', 1],
    ['"\\u', 'Invalid \\uXXXX escape', 2],
    ['"\\u12"', 'Invalid \\uXXXX escape', 2],
    ['"\\u12G4"', 'Invalid \\uXXXX escape', 2],
    ['"\\u 123"', 'Invalid \\uXXXX escape', 2],
    ['"\\u+123"', 'Invalid \\uXXXX escape', 2],
    ['"\\u1234', 'Invalid \\uXXXX escape', 2],
    ['"\\ud800\\u', 'Invalid \\uXXXX escape', 8],
    ['"\\ud800\\udc0"', 'Invalid \\uXXXX escape', 8],
    // Positions count characters, not UTF-16 units.
    ['["😀", x]', 'Expecting value', 6],
    ['["\\ud83d\\ude00", x]', 'Expecting value', 17],
    ['["😀é" 1]', "Expecting ',' delimiter", 6],
    ['{"😀":1,}', 'Illegal trailing comma before end of object', 6],
  ])('%j', (text, message, position) => {
    const error = caught(() => parseJson(text));
    expect(error).toBeInstanceOf(JsonSyntaxError);
    expect(error).toMatchObject({ message, position });
  });
});

describe('parseJson reads', () => {
  it.each<[text: string, value: Json]>([
    ['null', null],
    ['true', true],
    ['false', false],
    ['0', 0n],
    ['-0', 0n],
    ['42', 42n],
    ['42.0', 42],
    ['-0.0', -0],
    ['1E5', 100_000],
    ['1e-400', 0],
    ['1e400', Infinity],
    ['-1e400', -Infinity],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['5e-324', 5e-324],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775809', -9223372036854775809n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    [' \t\r\n[ 1 , 2 ] \n', [1n, 2n]],
    ['[[],{}]', [[], new Map()]],
    ['{"":0}', new Map([['', 0n]])],
    ['{"__proto__":1}', new Map([['__proto__', 1n]])],
    ['{"a":1,"a":2}', new Map([['a', 2n]])],
    ['"\\/\\b\\f\\n\\r\\t\\"\\\\"', '/\b\f\n\r\t"\\'],
    ['"\\u00E9\\u00e9"', 'éé'],
    ['"\u007f\u2028"', '\u007f\u2028'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"\\ud83d"', '\ud83d'],
    ['"\\ude00\\ud83d"', '\ude00\ud83d'],
    ['"\\uD83D\\u0041"', '\ud83dA'],
  ])('%j', (text, value) => {
    expect(parseJson(text)).toStrictEqual(value);
  });

  it('keys in the order in which they came first', () => {
    expect([...(parseJson('{"b":1,"10":0,"a":2,"b":3,"1":4}') as Map<string, Json>)]).toStrictEqual([
      ['b', 3n],
      ['10', 0n],
      ['a', 2n],
      ['1', 4n],
    ]);
  });
});

describe('parseJson has limits', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const objects = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

  it.each([
    ['an integer of 4300 digits', '9'.repeat(4300)],
    ['a negative integer of 4300 digits', `-${'9'.repeat(4300)}`],
    ['9995 arrays', nested(9995)],
    ['9995 objects', objects(9995)],
  ])('%s is read and written again', (_what, text) => {
    expect(stringifyJson(parseJson(text))).toBe(text);
  });

  it.each([
    ['an integer of 4301 digits', '9'.repeat(4301), 'an integer of more than 4300 digits'],
    ['a negative integer of 4301 digits', `[-${'9'.repeat(4301)}]`, 'an integer of more than 4300 digits'],
    ['9996 arrays', nested(9996), 'more than 9995 levels of nesting'],
    ['9996 objects', objects(9996), 'more than 9995 levels of nesting'],
    ['100 000 open arrays', '['.repeat(100_000), 'more than 9995 levels of nesting'],
    ['100 000 open objects', '{"a":'.repeat(100_000), 'more than 9995 levels of nesting'],
  ])('%s is refused', (_what, text, message) => {
    const error = caught(() => parseJson(text));
    expect(error).toBeInstanceOf(JsonLimitError);
    expect(error).toMatchObject({ message });
  });

  it('but not for the digits of a float', () => {
    expect(parseJson(`${'9'.repeat(5000)}.0`)).toBe(Infinity);
    expect(parseJson(`0.${'0'.repeat(5000)}1`)).toBe(0);
  });
});

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
