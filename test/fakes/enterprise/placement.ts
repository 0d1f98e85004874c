/**
 * Which node holds what, and what happens when a node goes.
 *
 * Where each belief comes from: a master and its replica are never on one node, and replication needs two nodes
 * (`invalid_replication`): redis/docs, api/requests/bdbs. A replica becomes the master when the master's node fails, and
 * the endpoint moves with it: redis/docs, rs/databases/durability-ha/replication. Nothing is decided without more than
 * half of the nodes: facts C4 (`no_quorum`); redis/docs, rs/clusters/cluster-recovery.
 */
import type { ClusterState, Database, Node, Shard } from './state.ts';

/** The nodes for a master and its replica, those with the fewest shards first. */
export function placeShards({ nodes, databases }: ClusterState, count: 1 | 2): Node[] {
  const shardsOn = ({ uid }: Node): number =>
    databases.flatMap(({ shards }) => shards).filter(({ node }) => node === uid).length;
  const alive = nodes.filter((node) => node.alive);
  return alive.toSorted((one, other) => shardsOn(one) - shardsOn(other) || one.uid - other.uid).slice(0, count);
}

/** The node is marked, and where it had a master, a replica on a living node takes over. */
export function withNode(state: ClusterState, uid: number, alive: boolean): ClusterState {
  const nodes = state.nodes.map((node) => (node.uid === uid ? { ...node, alive } : node));
  const living = nodes.filter((node) => node.alive).map((node) => node.uid);
  return { ...state, nodes, databases: state.databases.map((database) => failOver(database, living)) };
}

function failOver(database: Database, living: readonly number[]): Database {
  const master = database.shards.find(({ role }) => role === 'master');
  const heir = database.shards.find(({ role, node }) => role === 'slave' && living.includes(node));
  if (master === undefined || heir === undefined || living.includes(master.node)) return database;
  const roleOf = ({ uid }: Shard): Shard['role'] => (uid === heir.uid ? 'master' : 'slave');
  return { ...database, shards: database.shards.map((shard) => ({ ...shard, role: roleOf(shard) })) };
}
