import { command } from '../../../command/command-spec.ts';
import { smokeSettings } from '../../../command/options.ts';
import { formatMs, line, type Report } from '../../../report.ts';
import { smoke } from '../../../smoke/smoke.ts';
import { measureFailover, type FailoverReport } from '../cluster/failover.ts';
import { runningEnterprise } from '../cluster/nodes.ts';

const SILENT: Report = {
  say: () => undefined,
  log: () => undefined,
  begin: () => ({ update: () => undefined, end: () => undefined }),
};

export const failover = command({
  description:
    'Kills the node that serves the database while the smoke test runs in a loop, says how long the service saw errors, and brings the node back.',
  settings: { url: smokeSettings.url },
  work: async ({ url }, invocation) => {
    const { systems, places, signal, finish } = invocation;
    const settings = await runningEnterprise(systems, () => 'Start it with: redisdemo enterprise up --nodes 3');
    const run = async (): Promise<boolean> =>
      (await smoke({ url, signal }, systems, { report: SILENT, signal })).passed;
    const report = await measureFailover({ settings, home: places.home }, run, invocation);
    finish({ data: report, view: [line(words(report), 'good')] });
  },
});

function words({ killed, firstErrorMs, errorsMs, runs, failedRuns }: FailoverReport): string {
  if (firstErrorMs === null) return `${killed} was killed, and no run of the smoke test saw it (${String(runs)} runs).`;
  return (
    `${killed} was killed. The service saw errors for ${formatMs(errorsMs)}, beginning ${formatMs(firstErrorMs)} after ` +
    `the kill: ${String(failedRuns)} of ${String(runs)} runs of the smoke test failed.`
  );
}
