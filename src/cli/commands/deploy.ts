import { deployment, type Deployment, type DeploySettings, type Places, type TargetName } from '../../deployment.ts';
import { publishedPort } from '../../plan/container-checks.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Systems } from '../../plan/systems.ts';
import { SERVICE } from '../../targets/container.ts';
import { Problem } from '../../problem.ts';
import { smokeResult } from '../../smoke/result.ts';
import { smoke } from '../../smoke/smoke.ts';
import type { Invocation } from '../invocation.ts';
import type { deploySettings, planSettings, takeAwaySettings } from '../docker-options.ts';
import { readConnection } from '../options.ts';
import type { Values } from '../setting.ts';
import { make, removedResult, scriptResult, takeAway, within } from './plans.ts';

type DeployValues = Values<typeof deploySettings & typeof planSettings>;

export async function deployCommand(target: TargetName, values: DeployValues, invocation: Invocation): Promise<void> {
  const { systems, places, environment, finish } = invocation;
  const settings: DeploySettings = {
    database: values.db,
    target,
    port: values.port,
    connection: readConnection(values, environment),
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
  values: Values<typeof takeAwaySettings>,
  invocation: Invocation,
): Promise<void> {
  const plan = await servicePlan(target, invocation);
  invocation.finish(removedResult(await takeAway(plan, { explain: values.explain, withData: true }, invocation)));
}

/** Of what runs, with everything that a deployment on the target can have made. */
export async function servicePlan(target: TargetName, { places, systems }: Invocation): Promise<Plan> {
  const port = await portOf(target, places, systems);
  const anything = { host: 'any', port: 6379, tls: false, password: { variable: 'REDISPASS' } };
  const settings: DeploySettings = { database: 'url', target, port: port ?? 8000, connection: anything };
  return (await deployment(settings, places, systems)).plan;
}

/** That the service on the target has; undefined when there is none of ours. */
export async function portOf(target: TargetName, { home }: Places, systems: Systems): Promise<number | undefined> {
  if (target === 'container') return publishedPort(SERVICE, 8080, systems);
  const record = await systems.processes.recorded(home.record('service'));
  return record && Number(new URL(record.url).port);
}
