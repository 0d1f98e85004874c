import type { Invocation } from '../command/invocation.ts';
import type { Plan } from '../plan/plan.ts';
import { planStatus } from '../plan/status.ts';
import type { StageWork } from './work.ts';

type PlanOf = (invocation: Invocation) => Promise<Plan>;

/** The work of a stage that is one plan. @param found as it was made @param all with what may be left of other settings */
export function onePlan(found: PlanOf, all: PlanOf = found): Required<Pick<StageWork, 'status' | 'leftovers'>> {
  return {
    status: (invocation) =>
      Promise.resolve([{ ask: async () => planStatus(await found(invocation), invocation.systems, invocation) }]),
    leftovers: (invocation) => Promise.resolve([{ ask: async () => ({ things: await all(invocation) }) }]),
  };
}
