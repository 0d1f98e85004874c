import { deployment, type DeploySettings, type Places, type TargetName } from '../deployment.ts';
import type { Plan } from '../plan/plan.ts';
import type { Systems } from '../plan/systems.ts';
import type { Invocation } from '../command/invocation.ts';

/** The plan of the service that runs on the target, with everything that a deployment there can have created. */
export async function servicePlan(target: TargetName, { places, systems }: Invocation): Promise<Plan> {
  const port = await portOf(target, places, systems);
  const found = { target, port: port ?? 8000, everything: true } as const;
  // Its database is not known here: whoever asks for the status must not be led to one.
  const settings: DeploySettings = { ...found, database: 'memory', connection: undefined };
  return (await deployment(settings, places, systems)).plan;
}

/** Returns the port of redisdemo's service on the target, or undefined if it was not created there. */
export async function portOf(target: TargetName, { home }: Places, systems: Systems): Promise<number | undefined> {
  if (target === 'container') return (await import('../targets/container/container.ts')).findServicePort(systems);
  const record = await systems.processes.recorded(home.record('service'));
  return record && Number(new URL(record.url).port || 80);
}
