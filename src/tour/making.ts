import { ensure } from '../plan/ensure.ts';
import type { Plan } from '../plan/plan.ts';
import { remove, thingsOf } from '../plan/remove.ts';
import type { Walk } from './rung.ts';

/** Makes the plan, and gives back what takes away the part of it that was not there before. */
export async function makeForTour(
  plan: Plan,
  { systems, working, keep }: Omit<Walk, 'cloud'>,
): Promise<() => Promise<readonly string[]>> {
  const created: string[] = [];
  const part = (): Plan => ({ ...plan, steps: plan.steps.filter(({ title }) => created.includes(title)) });
  const close = async (): Promise<readonly string[]> => {
    if (keep) return thingsOf(part());
    await remove(part(), systems, working, { explain: false, withData: true });
    return [];
  };
  try {
    await ensure(plan, systems, working, { explain: false, created });
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}
