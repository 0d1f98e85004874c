/**
 * A database as the API shows it.
 *
 * Where each belief comes from (redis-enterprise-rs, tests/fixtures/bdb_single.json, unless said otherwise):
 * - `port` is 0 when the cluster chose it, and the true one is in endpoints[].port only.
 * - *_status and *_failure_reason of backup, export and import are "" when nothing has happened; the docs have no "".
 * - undocumented fields: acl, bigstore_max_ram_ratio, compare_key_hslot, dns_suffixes, flush_on_fullsync, group_uid,
 *   redis_cluster_enabled, throughput_ingress, topology_epoch.
 * - `authentication_admin_pass` is there in clear.
 * - endpoints[]: uid `1:1`, the node's own address although addr_type is `external`, dns_name redis-PORT.<cluster>. An
 *   external address set at the bootstrap takes its place: facts B5.
 * - module_list has module_id, semantic_version and module_args "".
 * - the answer to POST and PUT has an `action_uid`: redis/docs, api/objects/bdb.
 */
import { randomBytes } from 'node:crypto';
import { now } from './bootstrap.ts';
import type { Release } from './families.ts';
import { endpointNodes, type ClusterState, type Database, type DatabaseFields } from './state.ts';

/** Of fields that were not given. */
export function defaultFields({ defaultVersion }: Release): DatabaseFields {
  return {
    ...NEVER_CHANGED,
    created_time: now(),
    last_changed_time: now(),
    authentication_admin_pass: randomBytes(24).toString('hex'),
    authentication_ssl_client_certs: [],
    data_persistence: 'disabled',
    default_user: true,
    enforce_client_authentication: 'enabled',
    eviction_policy: 'volatile-lru',
    memory_size: 0,
    module_list: [],
    name: '',
    oss_cluster: false,
    port: 0,
    proxy_policy: 'single',
    redis_version: defaultVersion,
    replication: false,
    roles_permissions: [],
    shard_key_regex: [],
    sharding: false,
    shards_count: 1,
    tls_mode: 'disabled',
    type: 'redis',
  };
}

const NEVER_CHANGED = {
  acl: [],
  aof_policy: 'appendfsync-every-sec',
  authentication_sasl_pass: '',
  authentication_sasl_uname: '',
  background_op: [{ status: 'idle' }],
  backup: false,
  backup_failure_reason: '',
  backup_progress: 0,
  backup_status: '',
  bigstore: false,
  bigstore_max_ram_ratio: 10,
  compare_key_hslot: false,
  crdt: false,
  crdt_guid: '',
  dns_suffixes: [],
  export_failure_reason: '',
  export_status: '',
  flush_on_fullsync: true,
  group_uid: 0,
  hash_slots_policy: '16k',
  import_failure_reason: '',
  import_status: '',
  internal: false,
  max_connections: 0,
  rack_aware: false,
  redis_cluster_enabled: false,
  replica_sources: [],
  resp3: true,
  shards_placement: 'dense',
  snapshot_policy: [],
  throughput_ingress: 0,
  topology_epoch: 1,
  wait_command: true,
};

export function showDatabase(database: Database, { name: cluster, nodes }: ClusterState, release: Release): object {
  const { uid, status, bound, port, passwords, shards, fields } = database;
  const [, patch = fields.redis_version] =
    release.databases.find(([version]) => version === fields.redis_version) ?? [];
  const endpoint = {
    addr: endpointNodes(database, nodes).flatMap(({ address, external }) =>
      external.length > 0 ? external : [address],
    ),
    addr_type: 'external',
    dns_name: `redis-${String(port)}.${cluster}`,
    oss_cluster_api_preferred_endpoint_type: 'ip',
    oss_cluster_api_preferred_ip_type: 'internal',
    port,
    proxy_policy: fields.proxy_policy,
    uid: `${String(uid)}:1`,
  };
  return {
    ...fields,
    authentication_redis_pass: passwords[0] ?? '',
    endpoints: bound || status === 'active' ? [endpoint] : [],
    shard_list: shards.map((shard) => shard.uid),
    ssl: fields.tls_mode === 'enabled',
    status,
    uid,
    version: patch,
  };
}
