/** The user, read and written. Errors look as pydantic v2 writes them. */
import { describe, expect, it } from 'vitest';
import { readJson, type Json } from '../../service/src/text/json.ts';
import {
  FIELD_NAMES,
  readUser,
  readUserId,
  unstorableFields,
  userSchema,
  writeUser,
  type User,
} from '../../service/src/model/user.ts';

const ANN =
  '{"name":"Ann","email":"ann@example.com","age":30,"city":"Rome","height":170.5,"weight":60.25,"gender":null}';

const bodyOf = (text: string): Json => readJson(text, FIELD_NAMES);

/** ANN with some fields as other JSON text; undefined takes the field away. */
function annWith(changes: Readonly<Record<string, string | undefined>>): Json {
  const fields = { ...annTexts, ...changes };
  const members = Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [`"${name}":${text}`]));
  return bodyOf(`{${members.join(',')}}`);
}

const annTexts: Readonly<Record<string, string>> = {
  name: '"Ann"',
  email: '"ann@example.com"',
  age: '30',
  city: '"Rome"',
  height: '170.5',
  weight: '60.25',
  gender: 'null',
};

function stored(body: Json): string {
  const user = readUser(body);
  return Array.isArray(user) ? `refused: ${user.map(({ type }) => type).join(', ')}` : writeUser(user);
}

describe('a valid user', () => {
  it.each([
    ['as it is', {}, ANN],
    ['without a gender', { gender: undefined }, ANN],
    ['with a gender', { gender: '"True"' }, ANN.replace('null', 'true')],
    ['with converted numbers', { age: '"42"', height: '"1_79"', weight: '84' }, annNumbers('42', '179.0', '84.0')],
    ['with unknown fields', { extra: '[1,{"deep":NaN}]', id: '7', Name: '"x"' }, ANN],
    ['with a key from the prototype', { constructor: '1', ['__proto__']: '2' }, ANN],
    ['with a wide integer', { age: '123456789012345678901' }, annNumbers('123456789012345678901', '170.5', '60.25')],
    ['with large floats', { height: '1e16', weight: '1e-5' }, annNumbers('30', '1e+16', '1e-05')],
    ['with empty strings', { name: '""', email: '""', city: '""' }, ANN.replace(/Ann|ann@example\.com|Rome/g, '')],
  ])('%s', (_what, changes, document) => {
    expect(stored(annWith(changes))).toBe(document);
  });

  it('keeps the order of the fields, whatever the order in the body', () => {
    expect(
      stored(
        bodyOf(
          '{"gender":null,"weight":60.25,"height":170.5,"city":"Rome","age":30,"email":"ann@example.com","name":"Ann"}',
        ),
      ),
    ).toBe(ANN);
  });

  it('has the last of two values with one key', () => {
    expect(stored(bodyOf(ANN.replace('{', '{"name":1,').replace('}', ',"age":31}')))).toBe(ANN.replace('30', '31'));
  });

  it('is written with what JSON wants escaped, and no more', () => {
    expect(stored(annWith({ city: '"\\u00e9\\/\\n\\"\\u007f\\ud83d\\ude00"' }))).toBe(
      ANN.replace('Rome', 'é/\\n\\"\u007f😀'),
    );
  });
});

describe('a refused body', () => {
  const ann = annWith({ age: undefined });

  it.each<[what: string, body: Json | undefined, errors: unknown[]]>([
    ['none', undefined, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
    ['null', null, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
    ['false', false, [notAnObject(false)]],
    ['zero', 0n, [notAnObject(0n)]],
    ['a float', 1.5, [notAnObject(1.5)]],
    ['an empty string', '', [notAnObject('')]],
    ['an array', bodyOf('[{}]'), [notAnObject(bodyOf('[{}]'))]],
    ['one field missing', ann, [{ type: 'missing', loc: ['body', 'age'], msg: 'Field required', input: ann }]],
    [
      'an empty object',
      bodyOf('{}'),
      ['name', 'email', 'age', 'city', 'height', 'weight'].map((name) => ({
        type: 'missing',
        loc: ['body', name],
        msg: 'Field required',
        input: bodyOf('{}'),
      })),
    ],
    [
      'null in a field that may not be null',
      annWith({ name: 'null', age: 'null', weight: 'null' }),
      [
        { type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: null },
        { type: 'int_type', loc: ['body', 'age'], msg: 'Input should be a valid integer', input: null },
        { type: 'float_type', loc: ['body', 'weight'], msg: 'Input should be a valid number', input: null },
      ],
    ],
    [
      'every error at once, in the order of the fields',
      annWith({ gender: '"maybe"', height: '"tall"', age: '1.5', name: '7' }),
      [
        { type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: 7n },
        {
          type: 'int_from_float',
          loc: ['body', 'age'],
          msg: 'Input should be a valid integer, got a number with a fractional part',
          input: 1.5,
        },
        {
          type: 'float_parsing',
          loc: ['body', 'height'],
          msg: 'Input should be a valid number, unable to parse string as a number',
          input: 'tall',
        },
        {
          type: 'bool_parsing',
          loc: ['body', 'gender'],
          msg: 'Input should be a valid boolean, unable to interpret input',
          input: 'maybe',
        },
      ],
    ],
  ])('%s', (_what, body, errors) => {
    expect(readUser(body)).toStrictEqual(errors);
  });
});

describe('a user that cannot be stored', () => {
  const user = readUser(annWith({ name: '"\\ud800"', height: 'NaN', weight: '"-inf"' })) as User;

  it("is none of pydantic's errors", () => {
    expect(user).toMatchObject({ name: '\ud800', height: NaN, weight: -Infinity });
  });

  it('is refused for every field that cannot', () => {
    const finite = 'Input should be a finite number';
    expect(unstorableFields(user)).toStrictEqual([
      {
        type: 'string_unicode',
        loc: ['body', 'name'],
        msg: 'Input should be a valid string, unable to parse raw data as a unicode string',
        input: '\ud800',
      },
      { type: 'finite_number', loc: ['body', 'height'], msg: finite, input: NaN },
      { type: 'finite_number', loc: ['body', 'weight'], msg: finite, input: -Infinity },
    ]);
  });

  it('is not the one that can', () => {
    expect(unstorableFields(readUser(annWith({})) as User)).toStrictEqual([]);
  });
});

describe('the id in the path', () => {
  it.each([
    ['1', 1n],
    ['01', 1n],
    ['+1', 1n],
    [' 1', 1n],
    ['1.0', 1n],
    ['1_0', 10n],
    ['-0', 0n],
    ['99999999999999999999', 99999999999999999999n],
  ])('%j is %d', (text, id) => {
    expect(readUserId(text)).toBe(id);
  });

  it.each([
    ['abc', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    ['', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    ['true', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    ['9'.repeat(4301), 'int_parsing_size', 'Unable to parse input string as an integer, exceeded maximum size'],
  ])('%.8s is refused', (text, type, msg) => {
    expect(readUserId(text)).toStrictEqual({ type, loc: ['path', 'user_id'], msg, input: text });
  });
});

it('the schema of a user is the one that FastAPI wrote', () => {
  expect(userSchema).toStrictEqual({
    title: 'User',
    type: 'object',
    properties: {
      name: { type: 'string', title: 'Name' },
      email: { type: 'string', title: 'Email' },
      age: { type: 'integer', title: 'Age' },
      city: { type: 'string', title: 'City' },
      height: { type: 'number', title: 'Height' },
      weight: { type: 'number', title: 'Weight' },
      gender: { anyOf: [{ type: 'boolean' }, { type: 'null' }], title: 'Gender' },
    },
    required: ['name', 'email', 'age', 'city', 'height', 'weight'],
  });
});

function notAnObject(input: Json): object {
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  return { type: 'model_attributes_type', loc: ['body'], msg, input };
}

function annNumbers(age: string, height: string, weight: string): string {
  return ANN.replace('30', age).replace('170.5', height).replace('60.25', weight);
}
