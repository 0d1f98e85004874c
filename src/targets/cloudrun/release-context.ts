import type { Invocation } from '../../command/invocation.ts';
import type { ReleaseContext } from './release/context.ts';

/** What a command gives to a release. */
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
