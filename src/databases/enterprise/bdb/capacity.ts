/** Checks what is left on a cluster before a database is created, so that a refusal can say what is missing. */
import * as v from 'valibot';
import type { Api } from '../../../plan/call.ts';
import { Problem } from '../../../problem.ts';
import { get, valueIfKnown, valueOf, type Asking } from '../rest/question.ts';
import { newLicenceHint } from '../rest/refusals.ts';
import { licence } from '../rest/shapes.ts';
import type { BdbSettings } from './settings.ts';

/** Unreported limits are not checked. https://redis.io/docs/latest/operate/rs/clusters/configure/license-keys/ */
export async function enoughLeft(api: Api, needed: BdbSettings, asking: Asking): Promise<void> {
  const found = (await valueIfKnown(get(api, '/v1/license', '.', licence), asking)) ?? {};
  if (found.expired === true) {
    throw new Problem('license_expired', {
      message: `The licence of the cluster has expired (${found.expiration_date ?? 'no date'}).`,
      hint: newLicenceHint(needed.own),
    });
  }
  const limit = found.shards_limit;
  const used = await valueOf(get(api, '/v1/bdbs', SHARDS_IN_USE, v.number()), asking);
  const shards = needed.replication ? 2 : 1;
  if (typeof limit === 'number' && used + shards > limit) {
    throw new Problem('quota_exceeded', {
      message: `The licence allows ${String(limit)} shards, ${String(used)} are in use, and this database needs ${String(shards)}.`,
      hint: 'Delete a database that is not needed: redisdemo enterprise database list',
      details: { shardsLimit: limit, shardsUsed: used, shardsNeeded: shards },
    });
  }
  const free = await valueIfKnown(get(api, '/v1/nodes/status', FREE_MEMORY, FREE_BYTES), asking);
  if (typeof free === 'number' && needed.memoryBytes > free) {
    throw new Problem('not_enough_memory', {
      message: `The cluster has ${megabytes(free)} MB free for databases; ${megabytes(needed.memoryBytes)} MB were asked for.`,
      hint: 'Ask for less with --memory, or give the nodes more memory.',
      details: { freeBytes: free, neededBytes: needed.memoryBytes },
    });
  }
}

/** Shards count with their replicas. A database without shards_count is counted by its list of shards, or as one. */
export const SHARDS_IN_USE =
  '[0, (.[] | if .shards_count != null then .shards_count * (if .replication == true then 2 else 1 end) ' +
  'elif .shard_list != null then (.shard_list | length) else 1 end)] | add';
const FREE_BYTES = v.union([v.number(), v.literal('unknown')]);
const FREE_MEMORY = '[.[] | .free_provisional_ram | numbers] | if length == 0 then "unknown" else add end';

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
