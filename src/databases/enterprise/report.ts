import * as v from 'valibot';
import type { Api } from '../../plan/call.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { SHARDS_IN_USE } from './bdb/capacity.ts';
import { portOf } from './bdb/lookup.ts';
import { get } from './rest/question.ts';
import { bdbs, licence, nodes, statistics, type Bdb } from './rest/shapes.ts';

export type ClusterReport = Awaited<ReturnType<typeof clusterReport>>;

const DAY_MS = 86_400_000;

/** null: the cluster does not report it. */
export async function clusterReport(api: Api, systems: Systems, signal: AbortSignal) {
  const ask = async <T>(path: string, schema: v.GenericSchema<unknown, T>, select?: string): Promise<T | undefined> => {
    const answer = await systems.calls.ask(get(api, path, select, schema), signal);
    if (answer.kind === 'failed')
      throw new Problem('system_failed', { message: `${api.url}${path}: ${answer.reason}` });
    return answer.kind === 'ok' ? answer.value : undefined;
  };
  // First and alone: a wrong password must be sent only once (login-attempts.ts).
  const name = await ask('/v1/cluster', v.string(), '.name');
  const [terms, shardsUsed, databases, members, figures] = await Promise.all([
    ask('/v1/license', licence),
    ask('/v1/bdbs', v.number(), SHARDS_IN_USE),
    ask('/v1/bdbs', bdbs),
    ask('/v1/nodes', nodes),
    // 404 while there is no database, 406 while none is active.
    ask('/v1/bdbs/stats/last', statistics).catch(() => undefined),
  ]);
  const expires = Date.parse(terms?.expiration_date ?? '');
  return {
    name: String(name),
    /** Of the licence; null also when it does not end. */
    daysLeft: Number.isNaN(expires) ? null : Math.max(0, Math.ceil((expires - Date.now()) / DAY_MS)),
    shardsUsed: Number(shardsUsed),
    shardsLimit: terms?.shards_limit ?? null,
    databases: (databases ?? []).map((bdb) => bdbReport(bdb, figures?.[String(bdb.uid)] ?? {})),
    nodes: (members ?? []).map(({ uid, addr, status }) => ({
      uid: uid ?? null,
      address: addr ?? null,
      status: status ?? null,
    })),
  };
}

/** null without traffic. https://redis.io/docs/latest/operate/rs/references/rest-api/objects/statistics/db-metrics/ */
function bdbReport(bdb: Bdb, figures: Readonly<Record<string, unknown>>) {
  const { name, uid, status } = bdb;
  const figure = (metric: string): number | null => {
    const value = figures[metric];
    return typeof value === 'number' ? value : null;
  };
  return {
    name: name ?? '',
    uid,
    status: status ?? 'unknown',
    port: portOf(bdb),
    /** Per second. */
    operations: figure('total_req'),
    memoryBytes: figure('used_memory'),
    connections: figure('conns'),
    keys: figure('no_of_keys'),
  };
}
