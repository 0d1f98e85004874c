/** All stages of this machine, each asked alone: one that cannot be asked does not hide the others. */
import { enterprisePlan, enterpriseRemains } from '../../databases/enterprise/enterprise.ts';
import { findEnterprise } from '../../databases/enterprise/nodes.ts';
import { ENTERPRISE_DEFAULTS } from '../../databases/enterprise/settings.ts';
import { findStack, STACK_DEFAULTS, stackPlan } from '../../databases/stack.ts';
import { foundInsightPlan } from '../../insight.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Invocation } from '../invocation.ts';
import { servicePlan } from './service-plan.ts';

interface Stage {
  readonly name: string;
  /** With the settings that it was made with. */
  readonly plan: (invocation: Invocation) => Promise<Plan>;
  /** Where it is more: also what may be left of other settings. */
  readonly remains?: (invocation: Invocation) => Promise<Plan>;
}

/** In the order in which they stand on each other. */
export const STAGES: readonly Stage[] = [
  {
    name: 'stack',
    plan: async ({ systems, places }) => stackPlan((await findStack(systems))?.settings ?? STACK_DEFAULTS, places.home),
    remains: async ({ systems, places }) =>
      stackPlan({ ...((await findStack(systems))?.settings ?? STACK_DEFAULTS), password: true }, places.home),
  },
  {
    name: 'enterprise',
    plan: async ({ systems, places }) =>
      enterprisePlan((await findEnterprise(systems))?.settings ?? ENTERPRISE_DEFAULTS, places.home),
    remains: ({ systems, places }) => enterpriseRemains(places.home, systems),
  },
  { name: 'insight', plan: ({ systems }) => foundInsightPlan(systems) },
  { name: 'container', plan: (invocation) => servicePlan('container', invocation) },
  { name: 'local', plan: (invocation) => servicePlan('local', invocation) },
];
