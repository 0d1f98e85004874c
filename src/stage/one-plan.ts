import type { Invocation } from '../command/invocation.ts';
import type { Plan } from '../plan/plan.ts';
import { planStatus } from '../plan/status.ts';
import type { StageWork } from './work.ts';

type PlanOf = (invocation: Invocation) => Promise<Plan>;

/** @param found the plan as it was made @param all also what other settings may have left */
export function onePlan(found: PlanOf, all: PlanOf = found): Required<Pick<StageWork, 'status' | 'leftovers'>> {
  return {
    status: (invocation) =>
      Promise.resolve([{ ask: async () => planStatus(await found(invocation), invocation.systems, invocation) }]),
    leftovers: (invocation) => Promise.resolve([{ ask: async () => ({ things: await all(invocation) }) }]),
  };
}
