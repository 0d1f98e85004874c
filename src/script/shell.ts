/** Words for a POSIX shell: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_02 */

/** One word, quoted only where it must be. zsh takes a `=` at the beginning for the path of a program. */
export function quote(word: string): string {
  return /^(?!=)[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function commandLine(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

type Value = string | number;

export function unusualFlags(flags: Readonly<Record<string, readonly [value: Value, usual: Value]>>): string[] {
  return Object.entries(flags).flatMap(([flag, [value, usual]]) => (value === usual ? [] : [flag, String(value)]));
}
