/** Builds the plan of each Docker stage from the settings it was created with. */
import { enterprisePlan } from '../databases/enterprise/enterprise.ts';
import { enterpriseRemains as remainsOfEnterprise } from '../databases/enterprise/remains.ts';
import { findEnterprise } from '../databases/enterprise/cluster/nodes.ts';
import { ENTERPRISE_DEFAULTS } from '../databases/enterprise/settings.ts';
import { findStack, STACK_DEFAULTS, stackPlan } from '../databases/stack/stack.ts';
import { foundInsightPlan } from '../insight/insight.ts';
import type { Plan } from '../plan/plan.ts';
import type { Invocation } from '../command/invocation.ts';
import { servicePlan } from './service-plan.ts';

export async function stack({ systems, places }: Invocation): Promise<Plan> {
  return stackPlan((await findStack(systems))?.settings ?? STACK_DEFAULTS, places.home);
}

/** Includes the password, because an earlier stack can have left one. */
export async function stackRemains({ systems, places }: Invocation): Promise<Plan> {
  return stackPlan({ ...((await findStack(systems))?.settings ?? STACK_DEFAULTS), password: true }, places.home);
}

export async function enterprise({ systems, places }: Invocation): Promise<Plan> {
  return enterprisePlan((await findEnterprise(systems))?.settings ?? ENTERPRISE_DEFAULTS, places.home);
}

export function enterpriseRemains({ systems, places }: Invocation): Promise<Plan> {
  return remainsOfEnterprise(places.home, systems);
}

export function insight({ systems, places }: Invocation): Promise<Plan> {
  return foundInsightPlan(places.home, systems);
}

export function container(invocation: Invocation): Promise<Plan> {
  return servicePlan('container', invocation);
}
