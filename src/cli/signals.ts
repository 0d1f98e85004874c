import { Problem } from '../problem.ts';
import type { Report } from '../report.ts';

const STOPS = {
  SIGINT: { code: 'interrupted', words: 'Interrupted.' },
  SIGTERM: { code: 'terminated', words: 'Terminated.' },
  // The terminal was closed, or its connection was lost.
  SIGHUP: { code: 'hung_up', words: 'The terminal was closed.' },
} as const;

/** A second signal ends the process at once, except SIGHUP: a closing terminal and the shell in it both send one. */
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
