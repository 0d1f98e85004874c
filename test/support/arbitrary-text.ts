/**
 * Text of any characters. fast-check's own, `unit: 'binary'`, lists them all at first, and so does webQueryParameters: more
 * than a second of CPU in each file.
 */
import fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 };
const LAST = 0x10_ffff;

function characterAt(index: number): string {
  return String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count);
}

/** The other way round: with it fast-check can put strings like `__proto__` among the others, and shrink them. */
function indexOf(character: unknown): number {
  const [first, ...rest] = typeof character === 'string' ? character : '';
  if (first === undefined || rest.length > 0) throw new Error('not one character');
  const point = first.codePointAt(0) ?? 0;
  return point < SURROGATES.first ? point : point - SURROGATES.count;
}

/** Any code point that is a character: not half of a pair. ASCII comes more often than the rest. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.nat({ max: LAST - SURROGATES.count }), fc.nat({ max: 0x7f }))
  .map(characterAt, indexOf);

export function anyText(limits: { readonly minLength?: number; readonly maxLength?: number } = {}) {
  return fc.string({ unit: anyCharacter, ...limits });
}
