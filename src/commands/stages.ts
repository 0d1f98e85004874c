/** All stages of this machine, each asked alone: one that cannot be asked does not hide the others. */
import type { Plan } from '../plan/plan.ts';
import type { Invocation } from '../command/invocation.ts';

type PlanOf = (invocation: Invocation) => Promise<Plan>;

interface Stage {
  readonly name: string;
  /** With the settings that it was made with. */
  readonly plan: PlanOf;
  /** Where it is more: also what may be left of other settings. */
  readonly remains?: PlanOf;
}

/** Checks that a Docker engine responds before loading the plan: loading takes longer than the check. */
function onEngine(load: () => Promise<PlanOf>): PlanOf {
  return async (invocation) => {
    await invocation.systems.containers.reach();
    return (await load())(invocation);
  };
}

/** In the order in which they stand on each other. */
export const STAGES: readonly Stage[] = [
  {
    name: 'stack',
    plan: onEngine(async () => (await import('./docker-stages.ts')).stack),
    remains: onEngine(async () => (await import('./docker-stages.ts')).stackRemains),
  },
  {
    name: 'enterprise',
    plan: onEngine(async () => (await import('./docker-stages.ts')).enterprise),
    remains: onEngine(async () => (await import('./docker-stages.ts')).enterpriseRemains),
  },
  { name: 'insight', plan: onEngine(async () => (await import('./docker-stages.ts')).insight) },
  { name: 'container', plan: onEngine(async () => (await import('./docker-stages.ts')).container) },
  { name: 'local', plan: async (invocation) => (await import('./service-plan.ts')).servicePlan('local', invocation) },
];

/** Throws the Problem of a state folder that cannot be used, which is one of every stage. */
export function usableHome({ places }: Invocation): string {
  return places.home.folder;
}
