/**
 * Memory and licence.
 *
 * Where each belief comes from: the trial has 4 shards: redis-enterprise-rs, tests/fixtures/license.json; a database's
 * memory is taken from the provisional memory of each node that has a copy of it: redis/docs,
 * api/requests/nodes/status.md. Not known: how much of a node's memory is provisional.
 */
import type { Troubles } from './options.ts';
import type { ClusterState, Node } from './state.ts';

export const TOTAL_MEMORY = 8_217_473_024;
const PROVISIONAL = 0.75;

export function shardsLimitOf({ shardsLimit = 4 }: Troubles): number {
  return shardsLimit;
}

/** Less than nothing when more is promised than there is. */
export function freeRamOf({ uid }: Node, { databases }: ClusterState, { freeRam }: Troubles): number {
  const here = databases.filter(({ shards }) => shards.some(({ node }) => node === uid));
  const promised = here.reduce((sum, { fields }) => sum + fields.memory_size, 0);
  return (freeRam ?? Math.floor(TOTAL_MEMORY * PROVISIONAL)) - promised;
}
