import { attempt } from '../plan/ensure.ts';
import type { Plan } from '../plan/plan.ts';
import { remove, thingsOf } from '../plan/remove.ts';
import { createdPart } from '../plan/results.ts';
import type { Walk } from './rung.ts';

/** Makes the plan, and gives back what takes away the part of it that was not there before. */
export async function makeForTour(
  plan: Plan,
  { systems, working, keep }: Omit<Walk, 'cloud'>,
): Promise<() => Promise<readonly string[]>> {
  const { results, failure } = await attempt(plan, systems, working, {});
  const created = createdPart(plan, results);
  const close = async (): Promise<readonly string[]> => {
    if (keep) return thingsOf(created);
    await remove(created, systems, working, { withData: true });
    return [];
  };
  if (!failure) return close;
  await close();
  throw failure.error;
}
