import { Problem } from '../problem.ts';
import type { Report } from '../report.ts';

const STOPS = {
  SIGINT: { code: 'interrupted', words: 'Interrupted.' },
  SIGTERM: { code: 'terminated', words: 'Terminated.' },
  // The terminal was closed, or its connection was lost.
  SIGHUP: { code: 'hung_up', words: 'The terminal was closed.' },
} as const;

/**
 * Aborts at the first of these signals, so that what runs can clean up. A second one ends the process at once, except for
 * SIGHUP: a terminal that closes sends it, and so does the shell that ran in it.
 */
export function stopOnSignals(report: Report): AbortSignal {
  const controller = new AbortController();
  for (const [name, { code, words }] of Object.entries(STOPS)) {
    process.on(name, () => {
      const problem = new Problem(code, { message: words });
      if (controller.signal.aborted) {
        if (name !== 'SIGHUP') process.exit(problem.exitCode);
        return;
      }
      report.say('stopping; once more to stop without cleaning up', 'note');
      controller.abort(problem);
    });
  }
  return controller.signal;
}
