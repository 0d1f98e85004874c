/** What the commands that have a plan share. */
import { ensure } from '../../plan/ensure.ts';
import type { Plan } from '../../plan/plan.ts';
import { printPlan } from '../../plan/print.ts';
import { remove, type Removed } from '../../plan/remove.ts';
import { line, type Result } from '../../report.ts';
import type { Invocation } from '../invocation.ts';

export function scriptResult(plan: Plan): Result {
  const script = printPlan(plan);
  return { data: { script }, view: [line(script)] };
}

/** Resolves with the titles of the steps that created something. */
export function make(
  plan: Plan,
  explain: boolean,
  { systems, report, signal }: Invocation,
): Promise<readonly string[]> {
  return ensure(plan, systems, { report, signal }, { explain });
}

export function takeAway(
  plan: Plan,
  options: { explain: boolean; withData: boolean },
  { systems, report, signal }: Invocation,
): Promise<Removed> {
  return remove(plan, systems, { report, signal }, options);
}

export function removedResult({ removed, kept }: Removed): Result {
  return {
    data: { removed, kept },
    view: [
      line(removed.length === 0 ? 'There was nothing to remove.' : `Removed: ${removed.join(', ')}.`),
      ...(kept.length === 0 ? [] : [line(`Kept: ${kept.join(', ')}. Delete the data too with --volumes.`)]),
    ],
  };
}
