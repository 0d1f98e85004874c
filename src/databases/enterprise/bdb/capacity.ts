/** What is left on a cluster: asked before a database is made, so that a refusal has words. */
import type { Api } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { Working } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { get, valueIfKnown, valueOf } from '../rest/question.ts';
import { newLicenceHint } from '../rest/refusals.ts';
import type { Licence } from '../rest/shapes.ts';

export interface Wanted {
  readonly memoryBytes: number;
  readonly replication: boolean;
  /** The cluster runs in containers that redisdemo made. */
  readonly own: boolean;
}

/**
 * Shards count with their replicas: https://redis.io/docs/latest/operate/rs/clusters/configure/license-keys/
 * What the cluster does not say is not held against the database: it decides itself.
 */
export async function enoughLeft(api: Api, wanted: Wanted, systems: Systems, working: Working): Promise<void> {
  const licence = ((await valueIfKnown(get(api, '/v1/license'), systems, working)) ?? {}) as Licence;
  if (licence.expired === true) {
    throw new Problem('license_expired', {
      message: `The licence of the cluster has expired (${licence.expiration_date ?? 'no date'}).`,
      hint: newLicenceHint(wanted.own),
    });
  }
  const limit = licence.shards_limit;
  const used = Number(await valueOf(get(api, '/v1/bdbs', SHARDS_IN_USE), systems, working));
  const needed = wanted.replication ? 2 : 1;
  if (typeof limit === 'number' && used + needed > limit) {
    throw new Problem('quota_exceeded', {
      message: `The licence allows ${String(limit)} shards, ${String(used)} are in use, and this database needs ${String(needed)}.`,
      hint: 'Delete a database that is not needed: redisdemo enterprise database list',
      details: { shardsLimit: limit, shardsUsed: used, shardsNeeded: needed },
    });
  }
  const free = await valueIfKnown(get(api, '/v1/nodes/status', FREE_MEMORY), systems, working);
  if (typeof free === 'number' && wanted.memoryBytes > free) {
    throw new Problem('not_enough_memory', {
      message: `The cluster has ${megabytes(free)} MB free for databases; ${megabytes(wanted.memoryBytes)} MB were asked for.`,
      hint: 'Ask for less with --memory, or give the nodes more memory.',
      details: { freeBytes: free, neededBytes: wanted.memoryBytes },
    });
  }
}

/** A database that does not say how many shards it has is counted by its list of shards, or as one. */
export const SHARDS_IN_USE =
  '[0, (.[] | if .shards_count != null then .shards_count * (if .replication == true then 2 else 1 end) ' +
  'elif .shard_list != null then (.shard_list | length) else 1 end)] | add';
const FREE_MEMORY = '[.[] | .free_provisional_ram | numbers] | if length == 0 then "unknown" else add end';

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
