import type { Invocation } from '../command/invocation.ts';
import { takeAway } from '../command/plans.ts';
import type { Removed } from '../plan/remove.ts';
import type { Leftovers } from '../stage/work.ts';

interface RemovalOptions {
  readonly explain: boolean;
  /** Also what holds the user's data. */
  readonly withData: boolean;
}

/** Removes them, then redisdemo's record of them. Throws a Problem when something stays, or may have stayed. */
export async function removeLeftovers(
  { things, record, unknown, explain }: Leftovers,
  options: RemovalOptions,
  invocation: Invocation,
): Promise<Removed> {
  const removed = await takeAway(things, options, invocation).catch(async (error: unknown) => {
    throw explain ? await explain(error) : error;
  });
  if (unknown) throw unknown;
  return record ? together([removed, await takeAway(record, options, invocation)]) : removed;
}

export function together(all: readonly Removed[]): Removed {
  return {
    removed: all.flatMap(({ removed }) => removed),
    kept: all.flatMap(({ kept }) => kept),
    leftAlone: all.flatMap(({ leftAlone }) => leftAlone),
  };
}
