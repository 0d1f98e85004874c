/**
 * The answers of the REST API of Redis Software, as far as they are used here. A field that the reference does not promise may
 * be absent or null: unknown, never no. Numbers come as numbers and as strings, in the reference and in recordings
 * (redis-developer/redis-enterprise-rs, tests/fixtures: uid of a shard is "1", uid of a node is 1).
 * https://redis.io/docs/latest/operate/rs/references/rest-api/objects/
 */
import * as v from 'valibot';
import { Problem } from '../../../problem.ts';

const number = v.union(
  [v.number(), v.pipe(v.string(), v.regex(/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i), v.transform(Number))],
  'expected a number',
);
const text = v.pipe(v.union([v.string(), v.number()], 'expected a text'), v.transform(String));
const bool = v.boolean('expected true or false');
const list = <S extends v.GenericSchema>(item: S) => v.array(item, 'expected a list');
/** valibot accepts an array as an object. */
const notAList = v.custom<unknown>((value) => !Array.isArray(value), 'expected an object');
const object = <const E extends v.ObjectEntries>(entries: E) =>
  v.pipe(notAList, v.looseObject(entries, 'expected an object'));

const module = object({
  module_name: v.nullish(text),
  semantic_version: v.nullish(text),
  module_args: v.nullish(text),
});

const endpoint = object({
  port: v.nullish(number),
  dns_name: v.nullish(text),
  addr: v.nullish(
    v.union([
      list(text),
      v.pipe(
        text,
        v.transform((address) => [address]),
      ),
    ]),
  ),
});

/** `port` is 0 when the cluster chose it: the endpoints have the real one. */
export const bdb = object({
  uid: number,
  name: v.nullish(text),
  status: v.nullish(text),
  port: v.nullish(number),
  memory_size: v.nullish(number),
  replication: v.nullish(bool),
  shards_count: v.nullish(number),
  shard_list: v.nullish(list(number)),
  data_persistence: v.nullish(text),
  eviction_policy: v.nullish(text),
  tls_mode: v.nullish(text),
  version: v.nullish(text),
  redis_version: v.nullish(text),
  default_user: v.nullish(bool),
  authentication_redis_pass: v.nullish(v.string()),
  roles_permissions: v.nullish(list(object({ role_uid: v.nullish(number) }))),
  endpoints: v.nullish(list(endpoint)),
  module_list: v.nullish(list(module)),
});

export const bdbs = list(bdb);

/** The `redis_version` of a version is recorded, not documented. */
const node = object({
  uid: v.nullish(number),
  addr: v.nullish(text),
  status: v.nullish(text),
  supported_database_versions: v.nullish(
    list(object({ db_type: v.nullish(text), version: v.nullish(text), redis_version: v.nullish(text) })),
  ),
});

/** `compatible_redis_version` is documented from 7.8 on, and "" for old search modules in recordings. */
const installedModule = object({
  uid: v.nullish(text),
  module_name: v.nullish(text),
  semantic_version: v.nullish(text),
  min_redis_version: v.nullish(text),
  compatible_redis_version: v.nullish(text),
});

export const nodes = list(node);

export const licence = object({
  expired: v.nullish(bool),
  shards_limit: v.nullish(number),
  expiration_date: v.nullish(text),
});

export const bootstrapStatus = object({
  state: text,
  error_code: v.nullish(text),
  error_details: v.nullish(
    v.union([
      object({ message: v.nullish(text) }),
      v.pipe(
        v.string(),
        v.transform((message) => ({ message })),
      ),
    ]),
  ),
});

const named = object({ uid: number, name: v.nullish(text) });
const shard = object({
  uid: v.nullish(number),
  role: v.nullish(text),
  bdb_uid: v.nullish(number),
  node_uid: v.nullish(number),
});
const nodeStatus = object({ free_provisional_ram: v.nullish(number) });
const byId = <S extends v.GenericSchema>(value: S) => v.record(v.string(), value, 'expected an object');
/** By database id, then by metric. */
export const statistics = byId(byId(v.unknown()));

export type Bdb = v.InferOutput<typeof bdb>;
export type BootstrapStatus = v.InferOutput<typeof bootstrapStatus>;

const SHAPES: Readonly<Record<string, v.GenericSchema>> = {
  '/v1/bootstrap': object({ bootstrap_status: bootstrapStatus }),
  '/v1/cluster': object({ name: text, proxy_certificate: v.nullish(v.string()) }),
  '/v1/nodes': nodes,
  '/v1/nodes/status': byId(nodeStatus),
  '/v1/modules': list(installedModule),
  '/v1/license': licence,
  '/v1/bdbs': bdbs,
  '/v1/bdbs/stats/last': statistics,
  '/v1/shards': list(shard),
  '/v1/redis_acls': list(named),
  '/v1/roles': list(named),
  '/v1/users': list(named),
};

/** Returns the answer with its numbers as numbers. Throws a Problem for an answer that is not one of Redis Software. */
export function readAnswer(url: string, path: string, answer: unknown): unknown {
  const schema = SHAPES[path];
  if (!schema) throw new Error(`no shape for ${path}`);
  const read = v.safeParse(schema, answer);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const where = v.getDotPath(issue);
  throw new Problem('system_failed', {
    message: `${url}${path} did not answer as Redis Software does: ` + `${where ?? 'the answer'}: ${issue.message}.`,
    hint: 'Check that this is the REST API of Redis Software: it listens on port 9443 unless it was moved.',
    details: { path, field: where },
  });
}
