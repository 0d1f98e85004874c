/** What a cluster says of itself: licence, shards, and the load of each database. */
import type { Api } from '../../plan/call.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { SHARDS_IN_USE } from './bdb/capacity.ts';
import { portOf } from './bdb/lookup.ts';
import { get } from './rest/question.ts';
import type { Found, Licence, NodeFound } from './rest/shapes.ts';

export interface ClusterReport {
  readonly name: string;
  /** Of the licence; null when it does not end, or does not say so. */
  readonly daysLeft: number | null;
  readonly shardsUsed: number;
  /** null when the cluster does not say. */
  readonly shardsLimit: number | null;
  readonly databases: readonly DatabaseReport[];
  readonly nodes: readonly NodeReport[];
}

/** null for what the cluster does not say. */
export interface NodeReport {
  readonly uid: number | null;
  readonly address: string | null;
  readonly status: string | null;
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

type Stats = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

const DAY_MS = 86_400_000;

export async function clusterReport(api: Api, systems: Systems, signal: AbortSignal): Promise<ClusterReport> {
  const ask = async (path: string, select = '.'): Promise<unknown> => {
    const answer = await systems.calls.ask(get(api, path, select), signal);
    if (answer.kind === 'failed')
      throw new Problem('system_failed', { message: `${api.url}${path}: ${answer.reason}` });
    return answer.kind === 'ok' ? answer.value : undefined;
  };
  // Alone, because a wrong password must be sent once only: five wrong ones lock the account.
  // https://redis.io/docs/latest/operate/rs/security/access-control/manage-users/login-lockout/
  const name = await ask('/v1/cluster', '.name');
  const [licence, shardsUsed, databases, nodes, stats] = await Promise.all([
    ask('/v1/license') as Promise<Licence | undefined>,
    ask('/v1/bdbs', SHARDS_IN_USE),
    ask('/v1/bdbs') as Promise<readonly Found[] | undefined>,
    ask('/v1/nodes') as Promise<readonly NodeFound[] | undefined>,
    // 404 while there is no database, 406 while none is active.
    (ask('/v1/bdbs/stats/last') as Promise<Stats | undefined>).catch(() => undefined),
  ]);
  const expires = Date.parse(licence?.expiration_date ?? '');
  return {
    name: String(name),
    daysLeft: Number.isNaN(expires) ? null : Math.max(0, Math.ceil((expires - Date.now()) / DAY_MS)),
    shardsUsed: Number(shardsUsed),
    shardsLimit: licence?.shards_limit ?? null,
    databases: (databases ?? []).map((database) => databaseReport(database, stats?.[String(database.uid)] ?? {})),
    nodes: (nodes ?? []).map(({ uid, addr, status }) => ({
      uid: uid ?? null,
      address: addr ?? null,
      status: status ?? null,
    })),
  };
}

/** https://redis.io/docs/latest/operate/rs/references/rest-api/objects/statistics/db-metrics/ */
function databaseReport(database: Found, stats: Readonly<Record<string, unknown>>): DatabaseReport {
  const { name, uid, status } = database;
  const figure = (metric: string): number | null => {
    const value = stats[metric];
    return typeof value === 'number' ? value : null;
  };
  return {
    name: name ?? '',
    uid,
    status: status ?? 'unknown',
    port: portOf(database),
    operations: figure('total_req'),
    memoryBytes: figure('used_memory'),
    connections: figure('conns'),
    keys: figure('no_of_keys'),
  };
}
