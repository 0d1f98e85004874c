import { Problem } from '../problem.ts';
import type { Report } from '../report.ts';

const STOPS = {
  SIGINT: { code: 'interrupted', words: 'Interrupted.' },
  SIGTERM: { code: 'terminated', words: 'Terminated.' },
} as const;

/** Aborts at the first Ctrl-C or SIGTERM, so that what runs can clean up; a second one ends the process at once. */
export function stopOnSignals(report: Report): AbortSignal {
  const controller = new AbortController();
  for (const [name, { code, words }] of Object.entries(STOPS)) {
    process.on(name, () => {
      const problem = new Problem(code, { message: words });
      if (controller.signal.aborted) process.exit(problem.exitCode);
      report.say('stopping; once more to stop without cleaning up', 'note');
      controller.abort(problem);
    });
  }
  return controller.signal;
}
