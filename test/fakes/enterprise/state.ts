/** What a cluster knows, the same on each of its nodes. All of it is JSON. */
import type { Identities } from './certificate.ts';

export interface ClusterState {
  /** Grows with each change. */
  readonly version: number;
  readonly name: string;
  readonly created: string;
  readonly identities: Identities;
  readonly nodes: readonly Node[];
  readonly databases: readonly Database[];
  readonly users: readonly User[];
  readonly roles: readonly Role[];
  readonly acls: readonly Acl[];
  readonly policy: Readonly<Record<string, unknown>>;
  readonly actions: readonly Action[];
  /** The uid that the next thing of a kind gets: no uid is given twice. */
  readonly next: { readonly database: number; readonly shard: number; readonly thing: number };
}

export interface Node {
  readonly uid: number;
  readonly address: string;
  /** Where the other nodes reach its shards, and what the stand-ins tell each other. */
  readonly shardHost: string;
  readonly peerUrl: string;
  readonly external: readonly string[];
  readonly alive: boolean;
}

export type DatabaseStatus = 'pending' | 'active' | 'active-change-pending' | 'delete-pending' | 'creation-failed';

export interface Database {
  readonly uid: number;
  readonly status: DatabaseStatus;
  /** Something listens on the port. */
  readonly bound: boolean;
  /** Where clients connect. */
  readonly port: number;
  /** What the API shows, but for what is in the other fields. */
  readonly fields: DatabaseFields;
  /** Of the default user. */
  readonly passwords: readonly string[];
  readonly shards: readonly Shard[];
}

export interface DatabaseFields extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly memory_size: number;
  /** 0 when the cluster chose it. */
  readonly port: number;
  readonly redis_version: string;
  readonly replication: boolean;
  readonly shards_count: number;
  readonly proxy_policy: string;
  readonly data_persistence: string;
  readonly eviction_policy: string;
  readonly tls_mode: string;
  readonly enforce_client_authentication: string;
  readonly authentication_ssl_client_certs: readonly { readonly client_cert: string }[];
  readonly authentication_admin_pass: string;
  readonly default_user: boolean;
  readonly roles_permissions: readonly { readonly role_uid: number; readonly redis_acl_uid: number }[];
  readonly module_list: readonly { readonly module_name: string }[];
}

export interface Shard {
  readonly uid: number;
  readonly node: number;
  readonly port: number;
  readonly role: 'master' | 'slave';
}

export interface User {
  readonly uid: number;
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly role_uids: readonly number[];
  readonly email_alerts: boolean;
  readonly auth_method: string;
  readonly issued: string;
}

export interface Role {
  readonly uid: number;
  readonly name: string;
  readonly management: string;
}

export interface Acl {
  readonly uid: number;
  readonly name: string;
  readonly acl: string;
}

export interface Action {
  readonly uid: string;
  readonly name: string;
  readonly database: number;
  readonly done: boolean;
  readonly created: number;
}

export function masterOf({ shards }: Database): Shard {
  const master = shards.find(({ role }) => role === 'master');
  if (master === undefined) throw new Error('a database has always a master shard');
  return master;
}

/** The nodes where clients can connect. `single` and `all-master-shards` are one: there is only one master here. */
export function endpointNodes(database: Database, nodes: readonly Node[]): Node[] {
  if (database.fields.proxy_policy === 'all-nodes') return [...nodes];
  return nodes.filter(({ uid }) => uid === masterOf(database).node);
}

export function shardsInUse({ databases }: ClusterState): number {
  return databases.reduce((sum, { shards }) => sum + shards.length, 0);
}
