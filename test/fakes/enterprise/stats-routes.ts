/**
 * GET /v1/bdbs/stats/last: what the shards' INFO says.
 *
 * Where each belief comes from (redis/docs, api/requests/bdbs/stats/last.md): an object by uid, each with stime, etime
 * and a number for each metric; `?metrics=a,b`; 404 for no such database, 406 for one that is not active. Latencies are
 * only there with traffic: facts C6.
 */
import { Refusal, type Answer } from './answer.ts';
import { askRedis } from './ask-redis.ts';
import { now } from './bootstrap.ts';
import type { Context, Route } from './routes.ts';
import { innerLogin } from './shard.ts';
import { masterOf, type Database } from './state.ts';

export const STATS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/bdbs/stats/last',
    handle: (context) => answer(context, context.state().databases.filter(isActive)),
  },
  {
    method: 'GET',
    path: '/v1/bdbs/stats/last/{uid}',
    handle: (context) => {
      const database = context.state().databases.find(({ uid }) => String(uid) === context.params['uid']);
      if (database === undefined) throw new Refusal(404, 'db_not_exist', 'The database does not exist');
      if (!isActive(database)) throw new Refusal(406, 'db_not_active', 'The database is not active');
      return answer(context, [database]);
    },
  },
];

async function answer(context: Context, databases: readonly Database[]): Promise<Answer> {
  const entries = databases.map(async (database) => [String(database.uid), await measure(database, context)] as const);
  return { status: 200, body: Object.fromEntries(await Promise.all(entries)) };
}

async function measure(database: Database, { state, query }: Context): Promise<object> {
  const { node, port } = masterOf(database);
  const host = state().nodes.find(({ uid }) => uid === node)?.shardHost ?? '';
  const [info = '', size = ''] = await askRedis({ host, port }, innerLogin(database), [['INFO'], ['DBSIZE']]);
  const read = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
  const metrics: Readonly<Record<string, number>> = {
    conns: read('connected_clients') - 1,
    evicted_objects: read('evicted_keys'),
    expired_objects: read('expired_keys'),
    instantaneous_ops_per_sec: read('instantaneous_ops_per_sec'),
    mem_frag_ratio: read('mem_fragmentation_ratio'),
    no_of_keys: Number(size.slice(1)),
    total_connections_received: read('total_connections_received'),
    total_req: read('instantaneous_ops_per_sec'),
    total_res: read('instantaneous_ops_per_sec'),
    used_memory: read('used_memory'),
  };
  const wanted = query.get('metrics')?.split(',');
  const shown = Object.entries(metrics).filter(([name]) => wanted?.includes(name) ?? true);
  return { stime: now(), etime: now(), ...Object.fromEntries(shown) };
}

function isActive({ status }: Database): boolean {
  return status.startsWith('active');
}
