/**
 * Text from other systems, made safe to draw on a terminal. Control characters can retitle a window, write to the
 * clipboard or overwrite what was printed before; bidirectional ones reorder what a person reads (CVE-2021-42574). Both are
 * shown as escapes instead.
 */

/** C0 without tab and line feed, DEL, C1, the bidirectional controls, the two line separators and the byte order mark. */
const CONTROLS =
  // eslint-disable-next-line no-control-regex -- these are what it is about
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Controls become `\x1b` or `\u202e`, CRLF a line feed. @param limit characters that are kept; the rest is counted */
export function printable(text: string, limit = Infinity): string {
  const kept = text.length > limit ? `${text.slice(0, limit)}… (${String(text.length - limit)} more characters)` : text;
  return kept.replace(/\r\n/g, '\n').replace(CONTROLS, escape);
}

/** For one line: line feeds and tabs are shown as escapes too. */
export function printableLine(text: string, limit?: number): string {
  return printable(text, limit).replace(/[\n\t]/g, (character) =>
    character === '\n' ? String.raw`\n` : String.raw`\t`,
  );
}

/** The controls in a JSON document, which JSON.stringify leaves as they are: as JSON's own escapes. */
export function printableJson(document: string): string {
  return document.replace(CONTROLS, (character) => `\\u${hexadecimal(character, 4)}`);
}

function escape(character: string): string {
  return character <= '\u00ff' ? `\\x${hexadecimal(character, 2)}` : `\\u${hexadecimal(character, 4)}`;
}

function hexadecimal(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
