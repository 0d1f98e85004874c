/** The quick reader of a body gives the full reader's user, or leaves the body to it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody, readPlainText } from '../../service/src/http/body.ts';
import { MAX_DIGITS } from '../../service/src/text/json.ts';
import { FIELD_NAMES, readUser, unstorableFields, writeUser } from '../../service/src/model/user.ts';
import { readPlainUser } from '../../service/src/model/plain-user.ts';

const JSON_TYPE = 'application/json';

/** What the full reader makes of it: the document, or why there is none. */
function documentOf(text: string): string | undefined {
  try {
    const user = readUser(readBody(Buffer.from(text), JSON_TYPE, FIELD_NAMES));
    return Array.isArray(user) || unstorableFields(user).length > 0 ? undefined : writeUser(user);
  } catch {
    return undefined;
  }
}

function plainDocumentOf(text: string): string | undefined {
  const plain = readPlainText(Buffer.from(text), JSON_TYPE);
  const user = plain === undefined ? undefined : readPlainUser(plain);
  return user === undefined ? undefined : writeUser(user);
}

const body = (fields: Readonly<Record<string, string>> = {}): string => {
  const all = { name: '"Ada"', email: '"a@b"', age: '36', city: '"Rome"', height: '1.65', weight: '60', ...fields };
  return `{${Object.entries(all)
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    .join(',')}}`;
};
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const digits = '7'.repeat(MAX_DIGITS + 1);

describe('a body that needs none of the distinctions', () => {
  it.each([
    ["the tutorial's", body({ height: '179', weight: '84', gender: '"True"' })],
    ['with spaces', ` \n\t\r${body().replaceAll(':', ' : ')} `],
    ['with 42.0 and 1e2 for integers', body({ age: '42.0', height: '1e2' })],
    ['with numbers in strings', body({ age: '" 4_2 "', height: '".5"' })],
    ['with unknown fields', body({ unknown: 'null', nested: '{"a":[1e400,-0,{"age":1}]}' })],
    ['with escapes', body({ name: '"\\u0041\\n\\ud83d\\ude00 é"' })],
    ['with a name twice', `${body().slice(0, -1)},"age":7}`],
    ['with the largest safe integer', body({ age: String(Number.MAX_SAFE_INTEGER) })],
    ['of 64 KiB', body({ name: `"${'x'.repeat(65_000)}"` })],
  ])('%s: is read to the same user', (_what, text) => {
    expect(plainDocumentOf(text)).toBeDefined();
    expect(plainDocumentOf(text)).toBe(documentOf(text));
  });
});

describe('a body that may need one', () => {
  it.each([
    ['an integer beyond 2^53', body({ age: '9007199254740993' })],
    ['a large integer for a float', body({ height: '9007199254740993' })],
    ['-0, which is 0 for an integer and -0.0 for a float', body({ height: '-0' })],
    ['-0.0', body({ height: '-0.0' })],
    ['NaN', body({ height: 'NaN' })],
    ['Infinity', body({ height: '-Infinity' })],
    ['a float out of range', body({ height: '1e400' })],
    ['an integer with too many digits', body({ height: digits })],
    ['one in an unknown field', body({ unknown: digits })],
    ['one that is hidden by the same name', `{"age":${digits},${body().slice(1)}`],
    ['nesting that is hidden by the same name', `{"x":${deep(9999)},"x":1,${body().slice(1)}`],
    ['a nested value for a field', body({ age: '{}' })],
    ['a lone surrogate', body({ name: '"\\ud800"' })],
    ['a field that is missing', '{"name":"Ada"}'],
    ['a field of another kind', body({ age: '1.5' })],
    ['null for a string', body({ name: 'null' })],
    ['no object', '[1]'],
    ['null', 'null'],
    ['one that is longer', body({ name: `"${'x'.repeat(66_000)}"` })],
    ['malformed', body().slice(1)],
    ['a byte order mark', `\ufeff${body()}`],
  ])('%s: is left to the full reader', (_what, text) => {
    expect(plainDocumentOf(text)).toBeUndefined();
  });

  it.each([
    ['another content type', Buffer.from(body()), 'text/plain'],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(body({ name: '"' }).slice(0, 9)), Buffer.from('ff', 'hex')]),
      JSON_TYPE,
    ],
    ['UTF-16', Buffer.from(body(), 'utf16le'), JSON_TYPE],
    ['nothing', Buffer.alloc(0), JSON_TYPE],
    ['no body', undefined, JSON_TYPE],
  ])('%s: no text is read', (_what, bytes, type) => {
    expect(readPlainText(bytes, type)).toBeUndefined();
  });
});

describe('for every text', () => {
  const number = fc.oneof(
    fc.integer().map(String),
    fc.bigInt().map(String),
    fc.double().map(String),
    fc.constantFrom('-0', '0.0', '1e2', '1E400', '00', '1.', '-', '9007199254740993', '2e-400'),
  );
  const scalar = fc.oneof(
    number,
    fc.constantFrom(
      'true',
      'false',
      'null',
      'NaN',
      'Infinity',
      '[]',
      '{}',
      '[1,{"a":[]}]',
      '"\\ud800"',
      '"1_0"',
      '" 7 "',
    ),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    number.map((text) => `"${text}"`),
    fc.constantFrom('"True"', '"no"', '"on"', '"0"', '0', '1'),
  );
  const name = fc.constantFrom('name', 'email', 'age', 'city', 'height', 'weight', 'gender', 'x', '__proto__', '0');
  const space = fc.constantFrom('', ' ', '\n', '\t\r', '\u00a0');
  const changes = fc.array(fc.tuple(name, scalar, space), { maxLength: 4 });

  it('the quick reader gives the same document, or none', () => {
    fc.assert(
      fc.property(changes, fc.boolean(), (members, atTheEnd) => {
        const more = members.map(([key, value, gap]) => `${gap}"${key}"${gap}:${value}`).join(',');
        const parts = atTheEnd ? [body().slice(1, -1), more] : [more, body().slice(1, -1)];
        const text = `{${parts.filter(Boolean).join(',')}}`;
        const plain = plainDocumentOf(text);
        if (plain !== undefined) expect(plain).toBe(documentOf(text));
      }),
      { numRuns: 2000 },
    );
  });
});
