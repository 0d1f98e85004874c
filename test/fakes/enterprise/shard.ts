/**
 * One shard: a real redis-server. Clients do not see it, but the front of the database (front.ts).
 *
 * Unlike the real one: persistence and replication are Redis' own; memory is not limited to memory_size / shards.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, type RedisServer } from '../redis-server.ts';
import { askRedis, type Address, type Login } from './ask-redis.ts';
import { usersOf } from './acl.ts';
import type { ClusterState, Database } from './state.ts';

const SYNC_LIMIT_MS = 300_000;
const POLL_MS = 10;

export interface RunningShard {
  readonly server: RedisServer;
  readonly address: Address;
}

/** The user of the stand-in itself, on each shard. */
export function innerLogin({ fields }: Database): Login {
  return { user: 'stand-in', password: fields.authentication_admin_pass };
}

export async function startShard(database: Database, port: number, dir: string): Promise<RunningShard> {
  const { user, password } = innerLogin(database);
  const { data_persistence: persistence } = database.fields;
  const server = await startRedis({
    port,
    dir,
    password,
    aof: persistence === 'aof',
    // Replicas come from other addresses, and are not to wait 5 s for more of them.
    args: [
      ...['--bind', '*', '--protected-mode', 'no', '--repl-diskless-sync-delay', '0'],
      ...(persistence === 'snapshot' ? ['--save', '60', '1'] : []),
    ],
  });
  const address = { host: server.host, port };
  const rules = ['on', `>${password}`, '~*', '&*', '+@all'];
  await askRedis(address, { user: 'default', password }, [
    ['ACL', 'SETUSER', user, ...rules],
    ['CONFIG', 'SET', 'masteruser', user, 'masterauth', password],
  ]);
  return { server, address };
}

/** Users, eviction, and whose replica it is, as the state says. May be done again. */
export async function configureShard(
  { address }: RunningShard,
  database: Database,
  { state, master }: { readonly state: ClusterState; readonly master: Address | undefined },
): Promise<void> {
  const { fields, passwords } = database;
  const users = usersOf(database, state);
  const login = innerLogin(database);
  const [list = ''] = await askRedis(address, login, [['ACL', 'USERS']]);
  const known = list.split('\r\n').filter((line) => !/^[*$]/.test(line));
  const gone = known.filter((name) => !['default', login.user, ...users.map((user) => user.name)].includes(name));
  const secrets = passwords.length > 0 ? passwords.map((password) => `>${password}`) : ['nopass'];
  const replies = await askRedis(address, login, [
    ...(gone.length > 0 ? [['ACL', 'DELUSER', ...gone]] : []),
    ['ACL', 'SETUSER', 'default', 'reset', fields.default_user ? 'on' : 'off', ...secrets, '~*', '&*', '+@all'],
    ...users.map((user) => [
      ...['ACL', 'SETUSER', user.name, 'reset', 'on', ...user.passwords.map((password) => `>${password}`)],
      ...user.rules,
    ]),
    ['CONFIG', 'SET', 'maxmemory-policy', fields.eviction_policy.replace(/lrm$/, 'lru')],
    master === undefined ? ['REPLICAOF', 'NO', 'ONE'] : ['REPLICAOF', master.host, String(master.port)],
  ]);
  const refused = replies.find((reply) => reply.startsWith('-'));
  if (refused !== undefined) throw new Error(`redis-server does not take the database's settings: ${refused}`);
}

/** Resolves when it has all that its master has; rejects when that takes too long. */
export async function untilReplicated(address: Address, login: Login): Promise<void> {
  const deadline = Date.now() + SYNC_LIMIT_MS;
  for (;;) {
    const [info = ''] = await askRedis(address, login, [['INFO', 'replication']]);
    if (info.includes('master_link_status:up')) return;
    if (Date.now() > deadline) throw new Error('a replica does not follow its master');
    await pause(POLL_MS);
  }
}
