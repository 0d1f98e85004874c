import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableLine } from '../../src/text/foreign-text.ts';
import { withoutUserinfo } from '../../src/text/shown-url.ts';
import { anyText } from '../support/arbitrary-text.ts';

/** Everything that Unicode calls a control, and what it lists as bidirectional controls (UAX #9). */
const DRAWN_RAW = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

describe('text from other systems', () => {
  it.each([
    ['\u001b]0;title\u0007', String.raw`\x1b]0;title\x07`],
    ['\u009b31m', String.raw`\x9b31m`],
    ['50 %\rpassed', String.raw`50 %\x0dpassed`],
    ['user\u202egnp.exe', String.raw`user\u202egnp.exe`],
    ['\ufefffirst', String.raw`\ufefffirst`],
    ['two\r\nlines\tof text', 'two\nlines\tof text'],
    ['é, 漢, 👩‍🚀', 'é, 漢, 👩‍🚀'],
  ])('%j is drawn as %s', (text, drawn) => {
    expect(printable(text)).toBe(drawn);
  });

  it('is cut at a limit, and the rest is counted', () => {
    expect(printable('abcdef', 4)).toBe('abcd… (2 more characters)');
    expect(printable('abcd', 4)).toBe('abcd');
  });

  it('fits on one line where one line is meant', () => {
    expect(printableLine('one\n✓ 11 of 11\tchecks')).toBe(String.raw`one\n✓ 11 of 11\tchecks`);
  });

  it('never holds a control character, whatever it is', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(printableLine(text)).not.toMatch(DRAWN_RAW);
        expect(printable(text).replace(/[\n\t]/g, '')).not.toMatch(DRAWN_RAW);
      }),
    );
  });

  it('means the same in JSON, which needs no control characters', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const document = printableJson(JSON.stringify({ text }, null, 2));
        expect(document.replace(/\n/g, '')).not.toMatch(DRAWN_RAW);
        expect(JSON.parse(document)).toEqual({ text });
      }),
    );
  });
});

describe('URLs', () => {
  it.each([
    ['redis://user:s3cret@host:6379/0', 'redis://host:6379/0'],
    ['no engine at tcp://:s3cret@host: refused', 'no engine at tcp://host: refused'],
    ['http://user:p@ss@host/path@2', 'http://host/path@2'],
    ['Failed to parse: http://user:s3%40/cret@host:3128', 'Failed to parse: http://host:3128'],
    ['http://host:8080/path@2', 'http://host:8080/path@2'],
    ['https://token@one and https://two', 'https://one and https://two'],
    ['http://host/?mail=a@b', 'http://host/?mail=a@b'],
    ['mail to someone@example.org', 'mail to someone@example.org'],
  ])('%s is shown as %s', (text, shown) => {
    expect(withoutUserinfo(text)).toBe(shown);
  });
});
