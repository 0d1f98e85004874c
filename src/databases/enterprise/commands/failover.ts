import { failover, type FailoverReport } from '../cluster/failover.ts';
import { findEnterprise } from '../cluster/nodes.ts';
import { formatMs, line, type Report } from '../../../report.ts';
import { Problem } from '../../../problem.ts';
import { smoke } from '../../../smoke/smoke.ts';
import type { failoverSettings } from './options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';

/** The runs of the loop say nothing one by one. */
const SILENT: Report = {
  say: () => undefined,
  log: () => undefined,
  begin: () => ({ update: () => undefined, end: () => undefined }),
};

export async function enterpriseFailover(
  { url }: Values<typeof failoverSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, signal, finish } = invocation;
  const found = await findEnterprise(systems);
  if (!found?.running) {
    throw new Problem('not_running', {
      message: 'Redis Enterprise does not run.',
      hint: 'Start it with: redisdemo enterprise up --nodes 3',
    });
  }
  const run = async (): Promise<boolean> => {
    const report = await smoke({ url, connection: undefined, signal }, systems, { report: SILENT, signal });
    return report.passed;
  };
  const report = await failover({ settings: found.settings, home: places.home }, run, systems, invocation);
  finish({ data: report, view: [line(words(report), 'good')] });
}

function words({ killed, firstErrorMs, errorsMs, runs, failedRuns }: FailoverReport): string {
  if (firstErrorMs === null) return `${killed} was killed, and no run of the smoke test saw it (${String(runs)} runs).`;
  return (
    `${killed} was killed. The service saw errors for ${formatMs(errorsMs)}, beginning ${formatMs(firstErrorMs)} after ` +
    `the kill: ${String(failedRuns)} of ${String(runs)} runs of the smoke test failed.`
  );
}
