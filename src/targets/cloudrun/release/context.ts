import type { Invocation } from '../../../command/invocation.ts';
import type { Home } from '../../../home.ts';
import { ensure } from '../../../plan/ensure.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { Results } from '../../../plan/results.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { explainer } from '../../../script/explain.ts';

export interface ReleaseContext {
  readonly systems: Systems;
  readonly working: WorkContext;
  readonly home: Home;
  readonly explain: boolean;
  /** Everything was confirmed already: a printed script does not ask either. */
  readonly yes: boolean;
  readonly confirm: (question: string, flag: string) => Promise<boolean>;
}

export function make(plan: Plan, { systems, working, explain }: ReleaseContext): Promise<Results> {
  return ensure(plan, systems, working, { explain: explainer(explain) });
}

export function releaseContext(
  { explain, yes = false }: { readonly explain: boolean; readonly yes?: boolean },
  { systems, report, signal, places, confirm }: Invocation,
): ReleaseContext {
  return {
    systems,
    working: { report, signal },
    home: places.home,
    explain,
    yes,
    confirm: (question, flag) => {
      if (!yes) return confirm(question, flag);
      report.say(`${question} --yes`, 'note');
      return Promise.resolve(true);
    },
  };
}
