import { MAX_DIGITS, type Json } from '../text/json.ts';
import { convertUser, type User } from './user.ts';

/**
 * The user in a JSON text that needs none of CPython's distinctions, at a fraction of the cost of the full reader.
 * undefined when the text may need one of them, or is wrong in any way: json.ts and model.ts then read it again, with all
 * their errors.
 *
 * What `JSON.parse` cannot tell, and why it makes no difference here:
 * - 42 from 42.0 and 1e2: every field takes both for the same value, unless the number is beyond 2^53 or -0.
 * - limits of digits and nesting: to break one, a text must be longer than {@link MAX_DIGITS} without its strings.
 * - NaN, Infinity, and what is wrong where: it throws.
 * - a name that occurs twice: the last one counts for both readers.
 */
export function readPlainUser(text: string): User | undefined {
  const members = parseObject(text);
  if (members === undefined || canBreakLimit(text, members)) return undefined;
  return convertUser(members, isPlain);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What `JSON.parse` drops of a repeated name counts too: only the strings that it kept are taken off. */
function canBreakLimit(text: string, members: Readonly<Record<string, unknown>>): boolean {
  if (text.length <= MAX_DIGITS) return false;
  let rest = text.length;
  for (const name in members) {
    const value = members[name];
    rest -= name.length + (typeof value === 'string' ? value.length : 0);
  }
  return rest > MAX_DIGITS;
}

/** For fields of a user. The full reader takes nested values, and numbers that it would read as another value. */
function isPlain(value: unknown): value is Json | undefined {
  if (typeof value !== 'number') return typeof value !== 'object' || value === null;
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER && !Object.is(value, -0);
}
