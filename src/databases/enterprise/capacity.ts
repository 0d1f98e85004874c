/** What is left on a cluster: asked before a database is made, so that a refusal has words. */
import type { Api } from '../../plan/call.ts';
import type { Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import { get, valueOf } from './question.ts';

interface License {
  readonly expired: boolean;
  readonly shards_limit: number;
  readonly expiration_date: string | null;
}

export interface Wanted {
  readonly memoryBytes: number;
  readonly replication: boolean;
}

/** Shards count with their replicas: https://redis.io/docs/latest/operate/rs/clusters/configure/license-keys/ */
export async function enoughLeft(api: Api, wanted: Wanted, systems: Systems, working: Working): Promise<void> {
  const license = (await valueOf(get(api, '/v1/license'), systems, working)) as License;
  if (license.expired) {
    throw new Problem('not_enough', {
      message: `The licence of the cluster has expired (${license.expiration_date ?? 'no date'}).`,
      hint: 'A trial lasts 30 days. Begin a new cluster: redisdemo enterprise down, then: redisdemo enterprise up',
    });
  }
  const used = Number(await valueOf(get(api, '/v1/bdbs', SHARDS_IN_USE), systems, working));
  const needed = wanted.replication ? 2 : 1;
  if (used + needed > license.shards_limit) {
    throw new Problem('not_enough', {
      message: `The licence allows ${String(license.shards_limit)} shards, ${String(used)} are in use, and this database needs ${String(needed)}.`,
      hint: 'Delete a database that is not needed: redisdemo enterprise database list',
      details: { shardsLimit: license.shards_limit, shardsUsed: used, shardsNeeded: needed },
    });
  }
  const free = Number(await valueOf(get(api, '/v1/nodes/status', FREE_MEMORY), systems, working));
  if (wanted.memoryBytes > free) {
    throw new Problem('not_enough', {
      message: `The cluster has ${megabytes(free)} MB free for databases; ${megabytes(wanted.memoryBytes)} MB were asked for.`,
      hint: 'Ask for less with --memory, or give Docker more memory.',
      details: { freeBytes: free, neededBytes: wanted.memoryBytes },
    });
  }
}

export const SHARDS_IN_USE = '[0, (.[] | .shards_count * (if .replication then 2 else 1 end))] | add';
const FREE_MEMORY = '[0, (.. | .free_provisional_ram? | numbers)] | add';

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
