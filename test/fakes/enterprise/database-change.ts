/**
 * PUT and DELETE of a database.
 *
 * Where each belief comes from: one that is not active is busy, 409: redis/docs, api/requests/bdbs/_index.md; one that is
 * being changed is `active-change-pending`, one that is being removed `delete-pending`: api/objects/bdb/status.md.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../redis-server.ts';
import { endAction, startAction } from './action-routes.ts';
import { Refusal, type Answer } from './answer.ts';
import { now } from './bootstrap.ts';
import { choosePorts, replicasFollow } from './database-creation.ts';
import { findDatabase, shownDatabase, withDatabase } from './database-lookup.ts';
import { checkForm, checkPort, checkRoom, type Wish } from './database-rules.ts';
import { placeShards } from './placement.ts';
import { report } from './report.ts';
import type { Context } from './routes.ts';
import type { ClusterState, Database, Shard } from './state.ts';

export async function changeDatabase(context: Context): Promise<Answer> {
  const wish = checkForm(context.body, context.release);
  if (wish.port !== undefined && wish.port !== findDatabase(context).port) await choosePorts(wish, context);
  const replicaPort = await freePort();
  const next = plan(wish, context, replicaPort);
  if (context.query.has('dry_run')) return shownDatabase(next, context);
  refuseBusy(findDatabase(context));
  const action = startAction('SMUpdateBDB', next.uid);
  const changed = context.change((state) => ({
    ...withDatabase(state, next.uid, next),
    next: { ...state.next, shard: state.next.shard + 1 },
    actions: [...state.actions, action],
  }));
  void changed.then(() => finish(next.uid, action.uid, context)).catch(report);
  return shownDatabase(next, context, action.uid);
}

/** Modules and version cannot be changed this way. */
function plan(wish: Wish, context: Context, replicaPort: number): Database {
  const { release, troubles } = context;
  const state = context.state();
  const database = findDatabase(context);
  const { module_list, redis_version } = database.fields;
  const { authentication_redis_pass: password, ...given } = wish;
  const fields = { ...database.fields, ...given, module_list, redis_version, last_changed_time: now() };
  const released = { shards: database.shards.length, memory: database.fields.memory_size };
  checkRoom(fields, { state, release, troubles }, released);
  const port = wish.port ?? database.port;
  if (port !== database.port) checkPort(port, state);
  return {
    ...database,
    status: 'active-change-pending',
    fields,
    port,
    passwords: password === undefined ? database.passwords : [password].filter(Boolean),
    shards: withReplication(fields.replication, database.shards, { state, port: replicaPort }),
  };
}

async function finish(uid: number, action: string, { delays, state, change }: Context): Promise<void> {
  await pause(delays.change);
  await replicasFollow(uid, state());
  await change((current) => endAction(withDatabase(current, uid, { status: 'active' }), action));
}

function withReplication(
  wanted: boolean,
  shards: readonly Shard[],
  { state, port }: { readonly state: ClusterState; readonly port: number },
): readonly Shard[] {
  if (!wanted) return shards.filter(({ role }) => role === 'master');
  if (shards.length > 1) return shards;
  const node = placeShards(state, 2).find(({ uid }) => uid !== shards[0]?.node);
  return node === undefined ? shards : [...shards, { uid: state.next.shard, node: node.uid, port, role: 'slave' }];
}

export function removeDatabase(context: Context): Answer {
  const database = findDatabase(context);
  refuseBusy(database);
  const pending = context.change((state) => withDatabase(state, database.uid, { status: 'delete-pending' }));
  void pending.then(() => forget(database.uid, context)).catch(report);
  return { status: 200 };
}

async function forget(uid: number, { delays, change }: Context): Promise<void> {
  await pause(delays.change);
  await change((state) => ({ ...state, databases: state.databases.filter((database) => database.uid !== uid) }));
}

function refuseBusy({ uid, status }: Database): void {
  if (status === 'active' || status === 'creation-failed') return;
  throw new Refusal(409, 'busy', `Database ${String(uid)} is busy: ${status}`);
}
