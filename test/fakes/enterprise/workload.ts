/** The shards and the database ports of one node, made to fit the state again and again. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openFront } from './front.ts';
import type { Listener } from './listener.ts';
import { report } from './report.ts';
import { configureShard, startShard, type RunningShard } from './shard.ts';
import { endpointNodes, masterOf, type ClusterState, type Database } from './state.ts';
import { usersOf } from './acl.ts';
import type { Address } from './ask-redis.ts';

interface WorkloadOptions {
  readonly uid: number;
  /** Where the database ports listen. */
  readonly host: string;
  readonly dir: string;
  readonly state: () => ClusterState;
}

export interface Workload {
  /** Resolves when shards and ports are as the newest state wants them. */
  readonly follow: () => Promise<void>;
  /** The processes of redis-server, by the uid of the database. */
  readonly pids: () => ReadonlyMap<number, number>;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
}

interface Held {
  readonly options: WorkloadOptions;
  readonly shards: Map<number, RunningShard & { readonly database: number; settings: string }>;
  readonly fronts: Map<string, Listener & { master: string }>;
}

export function openWorkload(options: WorkloadOptions): Workload {
  const held: Held = { options, shards: new Map(), fronts: new Map() };
  let ended = false;
  let last: Promise<void> = Promise.resolve();
  return {
    follow: () => {
      last = last.then(() => (ended ? undefined : reconcile(held))).catch(report);
      return last;
    },
    pids: () => new Map([...held.shards.values()].map(({ database, server }) => [database, server.pid])),
    kill: async () => {
      ended = true;
      await last;
      await Promise.all([...held.fronts.values()].map((front) => front.close()));
      await Promise.all([...held.shards.values()].map(({ server }) => server.kill()));
    },
  };
}

async function reconcile(held: Held): Promise<void> {
  const state = held.options.state();
  await closeFronts(held, state);
  await stopShards(held, state);
  for (const database of state.databases) {
    try {
      await followDatabase(held, database, state);
    } catch (error) {
      report(error); // and the next sign of life tries again: a port or a master may not be there yet
    }
  }
}

async function closeFronts(held: Held, state: ClusterState): Promise<void> {
  const wanted = state.databases.filter((database) => isServedHere(held, database, state)).map(frontKey);
  for (const [key, front] of held.fronts) {
    if (wanted.includes(key)) continue;
    held.fronts.delete(key);
    await front.close();
  }
}

async function stopShards(held: Held, { databases }: ClusterState): Promise<void> {
  const wanted = databases.filter(({ status }) => status !== 'creation-failed').flatMap(({ shards }) => shards);
  for (const [uid, { server }] of held.shards) {
    if (wanted.some((shard) => shard.uid === uid && shard.node === held.options.uid)) continue;
    held.shards.delete(uid);
    await server.kill();
  }
}

async function followDatabase(held: Held, database: Database, state: ClusterState): Promise<void> {
  const { uid, dir } = held.options;
  if (database.status === 'creation-failed') return;
  for (const shard of database.shards.filter(({ node }) => node === uid)) {
    if (!held.shards.has(shard.uid)) {
      const shardDir = join(dir, String(shard.uid));
      await mkdir(shardDir, { recursive: true });
      const running = await startShard(database, shard.port, shardDir);
      held.shards.set(shard.uid, { ...running, database: database.uid, settings: '' });
    }
    await configure(held, shard.uid, { database, state });
  }
  if (isServedHere(held, database, state)) await followFront(held, database);
}

/** Connections that lead to a master of before are cut: a node that has gone does not say so. */
async function followFront(held: Held, { uid, port }: Database): Promise<void> {
  const { host, state } = held.options;
  const current = (): Database | undefined => state().databases.find((database) => database.uid === uid);
  const master = (): Address | undefined => {
    const database = current();
    return database && masterAddress(held, database, state());
  };
  const key = frontKey({ uid, port });
  const now = JSON.stringify(master());
  const front = held.fronts.get(key);
  if (front === undefined) {
    const opened = await openFront(host, port, { database: current, state, master });
    held.fronts.set(key, { ...opened, master: now });
  } else if (front.master !== now) {
    front.master = now;
    front.cut();
  }
}

interface Situation {
  readonly database: Database;
  readonly state: ClusterState;
}

/** Only when something has changed. */
async function configure(held: Held, shardUid: number, { database, state }: Situation): Promise<void> {
  const running = held.shards.get(shardUid);
  if (running === undefined) return;
  const isMaster = masterOf(database).uid === shardUid;
  const master = isMaster ? undefined : masterAddress(held, database, state);
  const users = usersOf(database, state).map((user) => [user.name, user.passwords, user.rules]);
  const settings = JSON.stringify([database.fields, database.passwords, users, master]);
  if (settings === running.settings) return;
  await configureShard(running, database, { state, master });
  running.settings = settings;
}

/** A node that was started again may have another address than the others know. */
function masterAddress({ options }: Held, database: Database, { nodes }: ClusterState): Address | undefined {
  const { node, port } = masterOf(database);
  const host = node === options.uid ? '127.0.0.1' : nodes.find(({ uid }) => uid === node)?.shardHost;
  return host === undefined ? undefined : { host, port };
}

function isServedHere({ options }: Held, database: Database, { nodes }: ClusterState): boolean {
  return database.bound && endpointNodes(database, nodes).some(({ uid }) => uid === options.uid);
}

/** A database that moves to another port gets another front. */
function frontKey({ uid, port }: Pick<Database, 'uid' | 'port'>): string {
  return `${String(uid)}:${String(port)}`;
}
