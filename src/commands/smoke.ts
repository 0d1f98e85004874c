import { openConnection } from '../command/given-file.ts';
import type { Invocation } from '../command/invocation.ts';
import type { Values } from '../command/setting.ts';
import { sayUnread } from '../command/variables.ts';
import { Problem } from '../problem.ts';
import { junit, smokeResult } from '../smoke/result.ts';
import type { SmokeReport } from '../smoke/smoke.ts';
import { smoke, waitUntilHealthy } from '../smoke/smoke.ts';
import type { smokeCommandSettings } from './smoke-command.ts';

export async function smokeCommand(values: Values<typeof smokeCommandSettings>, invocation: Invocation): Promise<void> {
  const { signal, finish } = invocation;
  const { url } = values;
  const systems = isOnCloudRun(url) ? await throughGcloudsProxy(invocation) : invocation.systems;
  const connection = await openConnection(values, invocation);
  sayUnread(connection, invocation);
  // Before the test: a result that cannot be written is found out first.
  if (values.junit !== undefined) await systems.files.checkNamed(values.junit);
  const authorization = isOnCloudRun(url) ? await identity(values, invocation) : undefined;
  const nobody = adviceFor(url, authorization !== undefined);
  if (values.wait !== undefined)
    await waitUntilHealthy({ url, authorization, nobody }, values.wait, systems, invocation);
  const report = await smoke({ url, connection, authorization, signal }, systems, invocation);
  if (values.junit !== undefined) await systems.files.writeNamed(values.junit, junit(report));
  const failures = report.checks.filter(({ outcome }) => outcome === 'failed');
  const problem = new Problem('smoke_failed', {
    message: `The smoke test failed at ${url}: ${failures.map(({ title }) => title).join('; ')}.`,
    hint: hintFor(report, nobody),
  });
  finish(smokeResult(report), report.passed ? undefined : problem);
}

/** @param nobody where nothing answers, or something else does */
function hintFor({ checks }: SmokeReport, nobody: string): string {
  if (checks.some(({ got }) => got !== undefined && AWAY.test(got)))
    return 'The service answers, and its Redis does not: the log of the service says why.';
  const isThere = checks.some(({ outcome }) => outcome === 'passed');
  return isThere ? 'The lines above say what was expected and what the service gave.' : nobody;
}

/** The service's own words (service/src/http/errors.ts). */
const AWAY = /^status 503: .*The store does not respond/;

const isOnCloudRun = (url: string): boolean => new URL(url).hostname.endsWith('.run.app');

/** What keeps gcloud from Google's hosts without its proxy keeps this machine from services on Cloud Run, too. */
async function throughGcloudsProxy({ systems, signal }: Invocation) {
  const { googleHttp } = await import('../targets/cloudrun/google/way.ts');
  return { ...systems, http: await googleHttp(systems, signal) };
}

async function identity(
  { url, project }: Values<typeof smokeCommandSettings>,
  { systems, report, signal }: Invocation,
) {
  const { identityIfAsked } = await import('../targets/cloudrun/google/identity.ts');
  return identityIfAsked({ url, project }, systems, { report, signal });
}

/** What helps where not one check passed: that depends on who runs the service. */
function adviceFor(url: string, isPrivate: boolean): string {
  const { hostname } = new URL(url);
  if (/^(?:localhost|127\..*|\[::1\])$/.test(hostname)) {
    return 'Is the service running? Start it with: redisdemo serve   Or name another: redisdemo smoke --url URL';
  }
  if (isPrivate) {
    return "The service is private. gcloud's login needs roles/run.invoker on it; see which login that is: gcloud auth list";
  }
  return isOnCloudRun(url)
    ? 'See which address the service has, and what it does: redisdemo deploy status'
    : 'Is a service running at that address, and can this machine reach it? Name another: redisdemo smoke --url URL';
}
