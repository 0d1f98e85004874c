/**
 * What POST and PUT of a database refuse.
 *
 * Where each belief comes from:
 * - the names of errors, and that they come with 406 (409 uid_exists, 403 for an expired licence): redis/docs,
 *   api/requests/bdbs/_index.md. `invalid_schema` with 400: facts B4.5.
 * - redis_version, its wording, that 7.4 wants one and that no release takes a patch: redis/redisctl#1080.
 * - ports 10000-19999 without 10050: redis/docs, rs/networking/port-configurations.
 * - modules: facts C2. From database version 8.0 on they come by themselves, and what is sent in module_list counts for
 *   nothing as long as it names modules that exist: embeds/rs-8-enabled-modules.md and a public script.
 * - sharding needs shard_key_regex: redis/docs, api/objects/bdb. allkeys-lrm and volatile-lrm are in the 8.x docs only.
 * - shards count with their replicas: redis/docs, rs/clusters/configure/license-keys.
 *
 * Not known: whether memory_size 0 (documented as unlimited) is taken, here it is not; what is said when the licence has
 * too few shards, here insufficient_resources; whether two databases may have one name, here they may: no error is
 * documented for it.
 */
import { Refusal } from './answer.ts';
import { compareVersions, type Release } from './families.ts';
import { freeRamOf, shardsLimitOf } from './limits.ts';
import { fittingModules, modulesOf } from './modules.ts';
import type { Troubles } from './options.ts';
import { shardsInUse, type ClusterState, type DatabaseFields } from './state.ts';

export interface Wish extends Partial<DatabaseFields> {
  readonly uid?: number;
  readonly authentication_redis_pass?: string;
}

export interface Circumstances {
  readonly state: ClusterState;
  readonly release: Release;
  readonly troubles: Troubles;
}

interface ModuleWish {
  readonly module_name?: string;
  readonly module_id?: string;
  readonly semantic_version?: string;
  readonly module_args?: string;
}

const TYPES: Readonly<Record<string, string>> = {
  name: 'string',
  memory_size: 'number',
  port: 'number',
  redis_version: 'string',
  replication: 'boolean',
  sharding: 'boolean',
  shards_count: 'number',
  default_user: 'boolean',
  authentication_redis_pass: 'string',
};
const VALUES: Readonly<Record<string, readonly string[]>> = {
  data_persistence: ['disabled', 'snapshot', 'aof'],
  tls_mode: ['enabled', 'disabled', 'replica_ssl'],
  enforce_client_authentication: ['enabled', 'disabled'],
  proxy_policy: ['single', 'all-master-shards', 'all-nodes'],
  type: ['redis', 'memcached'],
};
const EVICTION = /^(noeviction|(allkeys|volatile)-(lru|lfu|random|lrm)|volatile-ttl)$/;

/** Throws a Refusal for fields of the wrong form. */
export function checkForm(body: unknown, release: Release): Wish {
  const invalid = (what: string): Refusal => new Refusal(400, 'invalid_schema', what);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('the body is not a JSON object');
  for (const [field, value] of Object.entries(body)) {
    const type = TYPES[field];
    if (type !== undefined && typeof value !== type) throw invalid(`'${field}' is not of type '${type}'`);
    const values = VALUES[field];
    if (values !== undefined && !values.includes(String(value)))
      throw invalid(`'${field}' is not one of ${values.join()}`);
  }
  const { name, eviction_policy: eviction, module_list: modules = [] } = body as Wish;
  if (release.needsModuleArgs && modules.some((module) => !('module_args' in module)))
    throw invalid("'module_args' is a required property");
  if (name !== undefined && !/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name))
    throw invalid(`'name' is not valid`);
  const hasLrm = compareVersions(release.defaultVersion, '8.0') >= 0;
  if (eviction !== undefined && (!EVICTION.test(eviction) || (eviction.endsWith('lrm') && !hasLrm))) {
    throw invalid(`'eviction_policy' is not valid`);
  }
  return body as Wish;
}

/** Throws a Refusal for a database that this cluster cannot have. */
export function checkNew(wish: Wish, circumstances: Circumstances): void {
  const { state, release, troubles } = circumstances;
  if (troubles.licenceExpired === true) throw new Refusal(403, 'license_expired', 'The cluster license has expired');
  if (wish.name === undefined) throw refusal('missing_db_name', 'Database name is missing');
  if ((wish.memory_size ?? 0) <= 0) throw refusal('missing_memory_size', 'Memory size is missing');
  if (state.databases.some(({ uid }) => uid === wish.uid))
    throw new Refusal(409, 'uid_exists', 'Database UID already exists');
  checkVersion(wish.redis_version, release);
  checkPort(wish.port ?? 0, state);
  checkSharding(wish);
  checkRoom({ ...wish, memory_size: wish.memory_size ?? 0 }, circumstances);
}

function checkVersion(version: string | undefined, { needsVersion, databases }: Release): void {
  const isKnown = databases.some(([known]) => known === version);
  if (version === undefined ? needsVersion : !isKnown) {
    throw refusal('invalid_version', 'Reject bdb_create with incompatible version constraints');
  }
}

export function checkPort(port: number, { databases }: ClusterState): void {
  const isTaken = databases.some((database) => database.port === port);
  if (port !== 0 && (port < 10_000 || port > 19_999 || port === 10_050 || isTaken)) {
    throw refusal('port_unavailable', `Port ${String(port)} is unavailable`);
  }
}

function checkSharding({ sharding = false, shards_count: count = 1, shard_key_regex: regex }: Wish): void {
  const hasRegex = Array.isArray(regex) && regex.length > 0;
  if ((count > 1 && sharding !== true) || (sharding === true && !hasRegex)) {
    throw refusal('invalid_sharding', 'Invalid sharding configuration');
  }
}

/** Nodes, licence and memory. `released` is what the database gives back. */
export function checkRoom(
  { replication = false, shards_count: count = 1, memory_size = 0 }: Wish,
  { state, troubles }: Circumstances,
  released: { readonly shards: number; readonly memory: number } = { shards: 0, memory: 0 },
): void {
  const copies = replication ? 2 : 1;
  if (replication && state.nodes.filter(({ alive }) => alive).length < 2) {
    throw refusal('invalid_replication', 'Replication needs at least two nodes');
  }
  if (shardsInUse(state) - released.shards + count * copies > shardsLimitOf(troubles)) {
    throw refusal('insufficient_resources', 'The license does not allow so many shards');
  }
  const roomy = state.nodes.filter((node) => freeRamOf(node, state, troubles) + released.memory >= memory_size);
  if (roomy.length < copies) throw refusal('insufficient_resources', 'Cannot allocate nodes for shards');
}

/** What a new database of this version gets. */
export function chooseModules(wish: Wish, release: Release): DatabaseFields['module_list'] {
  const version = wish.redis_version ?? release.defaultVersion;
  const fitting = fittingModules(release, version);
  const asked = (wish.module_list ?? []) as readonly ModuleWish[];
  const chosen = asked.map((module) => {
    const known = compareVersions(version, '8.0') >= 0 ? modulesOf(release) : fitting;
    const found = known.find((candidate) => isMeant(module, candidate));
    if (found === undefined)
      throw refusal('missing_module', `Module ${String(module.module_name)} is missing or does not fit`);
    return { ...found, module_args: module.module_args ?? found.command_line_args };
  });
  const all = compareVersions(version, '8.0') >= 0 ? fitting.map((module) => ({ ...module, module_args: '' })) : chosen;
  return all.map(({ uid, module_name, semantic_version, module_args }) => {
    return { module_args, module_id: uid, module_name, semantic_version };
  });
}

function isMeant(wish: ModuleWish, candidate: { uid: string; module_name: string; semantic_version: string }): boolean {
  return (
    (wish.module_name ?? candidate.module_name) === candidate.module_name &&
    (wish.module_id ?? candidate.uid) === candidate.uid &&
    (wish.semantic_version ?? candidate.semantic_version) === candidate.semantic_version
  );
}

function refusal(code: string, description: string): Refusal {
  return new Refusal(406, code, description);
}
