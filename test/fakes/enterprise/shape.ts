/**
 * Answers in other shapes than the recorded ones.
 *
 * Where each belief comes from:
 * - `sparse`: the reference promises the uid of a database, a node and a module, and the name of a cluster; everything else
 *   is listed as a field without a promise (redis/docs, api/objects). Databases keep what makes them one: name, endpoints.
 * - `texts`: numbers as texts. The reference and recordings have both for uids and the progress of actions:
 *   redis-enterprise-rs, tests/fixtures/{shards_list,bootstrap_status,actions_list}.json.
 */
import type { Answer } from './answer.ts';
import type { Troubles } from './options.ts';

const KEPT: Readonly<Record<string, readonly string[]>> = {
  '/v1/bdbs': ['uid', 'name', 'endpoints'],
  '/v1/nodes': ['uid', 'addr'],
  '/v1/modules': ['uid', 'module_name'],
  '/v1/license': [],
  '/v1/cluster': ['name', 'proxy_certificate'],
  '/v1/shards': ['uid', 'role', 'bdb_uid', 'node_uid'],
};

export function shaped(answer: Answer, path: string, { answers }: Troubles): Answer {
  if (answer.status !== 200 || answers === undefined) return answer;
  if (answers === 'texts') return { ...answer, body: texts(answer.body) };
  if (path === '/v1/nodes/status') return { ...answer, body: {} };
  const kept = KEPT[path];
  if (kept === undefined) return answer;
  const { body } = answer;
  return { ...answer, body: Array.isArray(body) ? body.map((one) => only(kept, one)) : only(kept, body) };
}

function only(kept: readonly string[], value: unknown): object {
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => kept.includes(name)));
}

function texts(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, texts(one)]));
}
