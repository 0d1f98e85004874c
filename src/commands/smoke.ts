import { openConnection } from '../command/given-file.ts';
import type { Invocation } from '../command/invocation.ts';
import type { smokeSettings } from '../command/options.ts';
import type { Values } from '../command/setting.ts';
import { sayUnread } from '../command/variables.ts';
import { Problem } from '../problem.ts';
import { junit, smokeResult } from '../smoke/result.ts';
import { smoke, waitUntilHealthy, type SmokeReport } from '../smoke/smoke.ts';
import type { Access, OpenedAccess } from '../stage/target-work.ts';

export async function smokeCommand(
  values: Values<typeof smokeSettings>,
  accesses: readonly Access[],
  invocation: Invocation,
): Promise<void> {
  const { signal, finish } = invocation;
  const { url } = values;
  const connection = await openConnection(values, invocation);
  sayUnread(connection, invocation);
  // Before the test, because a result that cannot be written would waste it.
  if (values.junit !== undefined) await invocation.systems.files.checkNamed(values.junit);
  const access = accesses.find(({ isFor }) => isFor(new URL(url)));
  const { systems, authorization, advice }: OpenedAccess = access
    ? await access.open(values as never, invocation)
    : { systems: invocation.systems, advice: adviceFor(url) };
  if (values.wait !== undefined)
    await waitUntilHealthy({ url, authorization, nobody: advice }, values.wait, systems, invocation);
  const report = await smoke({ url, connection, authorization, signal }, systems, invocation);
  if (values.junit !== undefined) await systems.files.writeNamed(values.junit, junit(report));
  const failures = report.checks.filter(({ outcome }) => outcome === 'failed');
  const problem = new Problem('smoke_failed', {
    message: `The smoke test failed at ${url}: ${failures.map(({ title }) => title).join('; ')}.`,
    hint: hintFor(report, advice),
  });
  finish(smokeResult(report), report.passed ? undefined : problem);
}

/** @param advice for when nothing answers, or something else does */
function hintFor({ checks }: SmokeReport, advice: string): string {
  if (checks.some(({ got }) => got !== undefined && AWAY.test(got)))
    return 'The service answers, and its Redis does not: the log of the service says why.';
  const isThere = checks.some(({ outcome }) => outcome === 'passed');
  return isThere ? 'The lines above say what was expected and what the service gave.' : advice;
}

/** The service's own words (service/src/http/errors.ts). */
const AWAY = /^status 503: .*The store does not respond/;

/** For when no check passed: the advice depends on who runs the service. */
function adviceFor(url: string): string {
  return /^(?:localhost|127\..*|\[::1\])$/.test(new URL(url).hostname)
    ? 'Is the service running? Start it with: redisdemo serve   Or name another: redisdemo smoke --url URL'
    : 'Is a service running at that address, and can this machine reach it? Name another: redisdemo smoke --url URL';
}
