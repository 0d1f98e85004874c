import { isSecret, type Json } from '../../plan/call.ts';
import { readSecret } from './secrets.ts';

/** The same JSON with the values of its secrets, for the moment of sending it. */
export async function withSecrets(value: Json): Promise<unknown> {
  if (isSecret(value)) return readSecret(value.$secret);
  if (Array.isArray(value)) return Promise.all(value.map((item: Json) => withSecrets(item)));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(async ([name, item]) => [name, await withSecrets(item as Json)] as const);
  return Object.fromEntries(await Promise.all(members));
}
