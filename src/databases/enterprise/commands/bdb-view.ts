/** A database of a cluster as people and programs see it. */
import { line, type Line, type Table } from '../../../report.ts';
import { portOf } from '../bdb/lookup.ts';
import type { Bdb } from '../rest/shapes.ts';

type BdbDetails = ReturnType<typeof bdbDetails>;

/** Without its passwords: the API gives those in clear. null for what the cluster does not say. */
export function bdbDetails(bdb: Bdb) {
  return {
    name: bdb.name ?? null,
    uid: bdb.uid,
    status: bdb.status ?? null,
    port: portOf(bdb) || null,
    redisVersion: bdb.redis_version ?? bdb.version ?? null,
    memoryBytes: bdb.memory_size ?? null,
    replication: bdb.replication ?? null,
    persistence: bdb.data_persistence ?? null,
    eviction: bdb.eviction_policy ?? null,
    tls: bdb.tls_mode ?? null,
    modules: bdb.module_list?.flatMap(({ module_name: module }) => module ?? []) ?? null,
  };
}

export function bdbTable(databases: readonly BdbDetails[]): Table {
  return {
    kind: 'table',
    columns: ['name', 'id', 'status', 'port', 'Redis', 'memory', 'modules'],
    rows: databases.map(({ name, uid, status, port, redisVersion, memoryBytes, modules }) => [
      name ?? '-',
      String(uid),
      status ?? '-',
      String(port ?? '-'),
      redisVersion ?? '-',
      memoryBytes === null ? '-' : `${(memoryBytes / 1024 / 1024).toFixed(0)} MB`,
      modules?.join(' ') ?? '-',
    ]),
  };
}

export function bdbLines(database: BdbDetails): Line[] {
  return Object.entries(database).map(([field, value]) =>
    line(`${field}: ${Array.isArray(value) ? value.join(' ') : String(value ?? '-')}`),
  );
}
