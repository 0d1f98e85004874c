/** The value of a secret, as people write it into variables and files. */
import { readFileSync, statSync } from 'node:fs';

/** One rule for both: a mark that an editor has put before it and the line breaks behind it are no part of it. */
export function secretValue(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/(?<![\r\n])[\r\n]+$/, '');
}

/** Throws what node:fs throws. */
export function readSecretFile(file: string): string {
  return secretValue(readFileSync(file, 'utf8'));
}

/** The file is read for each use, because it can change. The last value is kept for a pipe, and while reading fails. */
export function rereadSecret(file: string, first: string): () => string {
  let value = first;
  return () => {
    try {
      if (statSync(file).isFile()) value = readSecretFile(file);
    } catch {
      // It is being replaced. If the last value is wrong by now, the log says what Redis answers to it.
    }
    return value;
  };
}

const HIDDEN = '***';

/** What a server says, without the secret that it was sent. @param secret of one character: it is part of any text */
export function withoutSecret(text: string, secret = ''): string {
  return secret.length < 2 ? text : text.replaceAll(secret, () => HIDDEN);
}

/** What in a secret is seldom meant, without any of its characters. */
const ODDITIES: readonly (readonly [RegExp, string])[] = [
  [/^\s|\s$/, 'it begins or ends with white space'],
  [/[\r\n]/, 'it holds a line break'],
  [/\0/, 'it holds zero bytes, as text in UTF-16 does'],
  // eslint-disable-next-line no-control-regex -- these are what it is about
  [/[\x01-\x09\x0b\x0c\x0e-\x1f\x7f]/, 'it holds a control character'],
  [/\ufffd/, 'it is not UTF-8'],
  [/[^\0-\x7f]/, 'it holds characters outside ASCII'],
  [/^(["'`]).*\1$/s, 'it is in quotes'],
  [/%[\da-f]{2}/i, 'it holds a % and two digits, as a part of a URL does'],
  [/:\/\//, 'it is a URL'],
  [/\$[({\w]/, 'it holds a $, so a shell may have changed it, or should have'],
];

export function oddities(secret: string): string[] {
  return ODDITIES.flatMap(([pattern, words]) => (pattern.test(secret) ? [words] : []));
}
