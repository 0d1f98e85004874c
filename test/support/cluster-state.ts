/** What a cluster in containers of a sandbox knows, but for what is never twice the same. */
import { stateIn } from './enterprise-image.ts';
import type { Sandbox } from './sandbox.ts';
import { passwordsIn } from './passwords.ts';

export async function clusterIn(sandbox: Sandbox, node: string): Promise<unknown> {
  return hidden(lasting(await stateIn(node, sandbox.env)), await passwordsIn(sandbox.home));
}

/** With the names of files for passwords, and without addresses that Docker gave. */
export function hidden(value: unknown, passwords: ReadonlyMap<string, string>): unknown {
  const text = [...passwords].reduce((rest, [file, word]) => rest.replaceAll(word, file), JSON.stringify(value));
  return JSON.parse(text.replace(/\b(?!127\.)\d+\.\d+\.\d+\.\d+(?=[":])/g, 'IP'));
}

/** Times, keys, and what a cluster chooses for itself. */
const PASSING = new Set([
  ...['version', 'created', 'created_time', 'last_changed_time', 'issued', 'identities', 'actions'],
  'authentication_admin_pass',
]);
const OF_SHARDS = new Set(['port', 'uid']);

function lasting(value: unknown, inShard = false): unknown {
  if (Array.isArray(value)) return value.map((item) => lasting(item, inShard));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => !PASSING.has(name) && !(inShard && OF_SHARDS.has(name)));
  return Object.fromEntries(fields.map(([name, field]) => [name, lasting(field, name === 'shards')]));
}
