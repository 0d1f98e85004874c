/**
 * POST /v1/bdbs.
 *
 * Where each belief comes from:
 * - it answers 200 with the whole object, at first `pending`: redis/docs, api/requests/bdbs/_index.md, facts C1.
 * - right after the bootstrap a valid one is refused with 406 `invalid_version` for some seconds: redis/redisctl#1081,
 *   init_cluster.rs ("can briefly reject an otherwise valid version constraint while its capabilities finish
 *   initializing").
 * - ?dry_run is a flag, its value counts for nothing: the same page. Not known: what it answers; here the object as it
 *   would be.
 * - statuses and their order: api/objects/bdb/status.md.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../redis-server.ts';
import { endAction, startAction } from './action-routes.ts';
import { Refusal, type Answer } from './answer.ts';
import { shownDatabase, withDatabase } from './database-lookup.ts';
import { defaultFields } from './database-object.ts';
import { choosePort, isFree } from './database-port.ts';
import { checkForm, checkNew, chooseModules, type Circumstances, type Wish } from './database-rules.ts';
import { placeShards } from './placement.ts';
import { report } from './report.ts';
import type { Context } from './routes.ts';
import { innerLogin, untilReplicated } from './shard.ts';
import type { Action, ClusterState, Database, DatabaseFields, Shard } from './state.ts';

export async function createDatabase(context: Context): Promise<Answer> {
  const { release, troubles, settledAt, body } = context;
  const wish = checkForm(body, release);
  if (Date.now() < settledAt) {
    throw new Refusal(406, 'invalid_version', 'Reject bdb_create with incompatible version constraints');
  }
  const ports = await choosePorts(wish, context);
  const state = context.state(); // not before the last await: the next one must see this database
  checkNew(wish, { state, release, troubles });
  const database = plan(wish, ports, { state, release });
  if (context.query.has('dry_run')) return shownDatabase(database, context);
  const action = startAction('SMCreateBDB', database.uid);
  const added = context.change((current) => add(current, database, action));
  void added.then(() => activate(database.uid, action.uid, context)).catch(report);
  return shownDatabase(database, context, action.uid);
}

interface Ports {
  readonly database: number;
  readonly shards: readonly number[];
}

export async function choosePorts({ port = 0 }: Wish, { state }: Context): Promise<Ports> {
  if (port !== 0 && !(await isFree(port)))
    throw new Refusal(406, 'port_unavailable', `Port ${String(port)} is unavailable`);
  return { database: port === 0 ? await choosePort(state()) : port, shards: [await freePort(), await freePort()] };
}

function plan(wish: Wish, ports: Ports, { state, release }: Pick<Circumstances, 'state' | 'release'>): Database {
  const { authentication_redis_pass: password = '', uid = state.next.database, ...given } = wish;
  const fields: DatabaseFields = {
    ...defaultFields(release),
    ...given,
    module_list: chooseModules(wish, release),
  };
  const nodes = placeShards(state, fields.replication ? 2 : 1);
  const shards = nodes.map((node, at): Shard => {
    return {
      uid: state.next.shard + at,
      node: node.uid,
      port: ports.shards[at] ?? 0,
      role: at === 0 ? 'master' : 'slave',
    };
  });
  const passwords = password === '' ? [] : [password];
  return { uid, status: 'pending', bound: false, port: ports.database, fields, passwords, shards };
}

function add(state: ClusterState, database: Database, action: Action): ClusterState {
  const next = {
    ...state.next,
    database: Math.max(state.next.database, database.uid + 1),
    shard: state.next.shard + database.shards.length,
  };
  return { ...state, next, databases: [...state.databases, database], actions: [...state.actions, action] };
}

/** The port listens before the database is called active. */
async function activate(uid: number, action: string, context: Context): Promise<void> {
  const { database: trouble } = context.troubles;
  await pause(context.delays.database);
  if (trouble === 'stuck') return;
  if (trouble === 'fails') {
    await context.change((state) => withDatabase(state, uid, { status: 'creation-failed' }));
    return;
  }
  await replicasFollow(uid, context.state());
  await context.change((state) => withDatabase(state, uid, { bound: trouble !== 'unreachable' }));
  await context.change((state) => endAction(withDatabase(state, uid, { status: 'active' }), action));
}

/** The database is not active before. */
export async function replicasFollow(uid: number, { databases, nodes }: ClusterState): Promise<void> {
  for (const database of databases.filter((candidate) => candidate.uid === uid)) {
    for (const { node, port } of database.shards.filter(({ role }) => role === 'slave')) {
      const host = nodes.find((candidate) => candidate.uid === node)?.shardHost ?? '';
      await untilReplicated({ host, port }, innerLogin(database));
    }
  }
}
