/** What a cluster says of itself: licence, shards, and the load of each database. */
import type { Api } from '../../plan/call.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { SHARDS_IN_USE } from './capacity.ts';
import { portOf, type Found } from './existing.ts';

export interface ClusterReport {
  readonly name: string;
  /** Of the licence; null when it does not end. */
  readonly daysLeft: number | null;
  readonly shardsUsed: number;
  readonly shardsLimit: number;
  readonly databases: readonly DatabaseReport[];
}

/** Figures are null while the cluster has none, as for a database without traffic. */
export interface DatabaseReport {
  readonly name: string;
  readonly uid: number;
  readonly status: string;
  readonly port: number;
  /** A second. */
  readonly operations: number | null;
  readonly memoryBytes: number | null;
  readonly connections: number | null;
  readonly keys: number | null;
}

interface License {
  readonly shards_limit: number;
  readonly expiration_date: string | null;
}

type Stats = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

const DAY_MS = 86_400_000;

export async function clusterReport(api: Api, systems: Systems, signal: AbortSignal): Promise<ClusterReport> {
  const ask = async (path: string, select = '.'): Promise<unknown> => {
    const answer = await systems.calls.ask({ call: { api, method: 'GET', path }, select }, signal);
    if (answer.kind === 'failed')
      throw new Problem('system_failed', { message: `${api.url}${path}: ${answer.reason}` });
    return answer.kind === 'ok' ? answer.value : undefined;
  };
  const [name, license, shardsUsed, databases, stats] = await Promise.all([
    ask('/v1/cluster', '.name'),
    ask('/v1/license') as Promise<License | undefined>,
    ask('/v1/bdbs', SHARDS_IN_USE),
    ask('/v1/bdbs') as Promise<readonly Found[]>,
    // 404 while there is no database, 406 while none is active.
    (ask('/v1/bdbs/stats/last') as Promise<Stats | undefined>).catch(() => undefined),
  ]);
  const expires = license?.expiration_date ?? null;
  return {
    name: String(name),
    daysLeft: expires === null ? null : Math.max(0, Math.ceil((Date.parse(expires) - Date.now()) / DAY_MS)),
    shardsUsed: Number(shardsUsed),
    shardsLimit: license?.shards_limit ?? 0,
    databases: databases.map((database) => databaseReport(database, stats?.[String(database.uid)] ?? {})),
  };
}

/** https://redis.io/docs/latest/operate/rs/references/rest-api/objects/statistics/db-metrics/ */
function databaseReport(database: Found, stats: Readonly<Record<string, unknown>>): DatabaseReport {
  const { name, uid, status } = database;
  const figure = (metric: string): number | null => (typeof stats[metric] === 'number' ? stats[metric] : null);
  return {
    name,
    uid,
    status,
    port: portOf(database),
    operations: figure('total_req'),
    memoryBytes: figure('used_memory'),
    connections: figure('conns'),
    keys: figure('no_of_keys'),
  };
}
