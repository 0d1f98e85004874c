import { deployment, type Deployment, type DeploySettings, type TargetName } from '../deployment.ts';
import { Problem } from '../problem.ts';
import { smokeResult } from '../smoke/result.ts';
import { smoke } from '../smoke/smoke.ts';
import type { Invocation } from '../command/invocation.ts';
import type { deploySettings, planSettings, takeAwaySettings } from '../command/docker-options.ts';
import { openConnection } from '../command/given-file.ts';
import type { Values } from '../command/setting.ts';
import { finishRemoval, make, ofOwner, scriptResult, takeAway, within } from '../command/plans.ts';
import { servicePlan } from './service-plan.ts';

type DeployValues = Values<typeof deploySettings & typeof planSettings>;

export async function deployCommand(target: TargetName, values: DeployValues, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const settings: DeploySettings = {
    database: values.db,
    target,
    port: values.port,
    connection: values.db === 'url' ? await openConnection(values, invocation) : undefined,
  };
  const found = await deployment(settings, places, systems);
  const wanted = { ...found, plan: within(values.timeout, found.plan) };
  if (values.print) {
    finish(scriptResult(wanted.plan));
    return;
  }
  await make(wanted.plan, { explain: values.explain, undo: `redisdemo destroy ${target}` }, invocation);
  await proveDeployment(wanted, invocation);
}

/** The smoke test, as the result of a deployment. */
export async function proveDeployment({ url, connection }: Deployment, invocation: Invocation): Promise<void> {
  const { systems, signal, finish } = invocation;
  const report = await smoke({ url, connection, signal }, systems, invocation);
  const failed = report.checks.filter(({ outcome }) => outcome === 'failed').map(({ title }) => title);
  const problem = new Problem('smoke_failed', {
    message: `The service runs at ${url}, but its smoke test failed: ${failed.join('; ')}.`,
    hint: 'The lines above say what was expected and what the service gave.',
  });
  finish(smokeResult(report), report.passed ? undefined : problem);
}

export async function destroyCommand(
  target: TargetName,
  values: Values<typeof takeAwaySettings> & { readonly owner?: string | undefined },
  invocation: Invocation,
): Promise<void> {
  const plan = ofOwner(values.owner, await servicePlan(target, invocation));
  finishRemoval(await takeAway(plan, { explain: values.explain, withData: true }, invocation), invocation);
}
