/** `status` loads no deployment. */
import { portsFree } from '../../plan/container-checks.ts';
import { onePlan } from '../../stage/one-plan.ts';
import type { TargetWork } from '../../stage/target-work.ts';
import { localPlan } from './background.ts';
import { portOf, serviceOf } from './found.ts';

const DEFAULT_PORT = 8000;

export const localTarget: TargetWork = {
  ...onePlan(async ({ places, systems }) =>
    localPlan(serviceOf(places, (await portOf(places.home, systems)) ?? DEFAULT_PORT), places.home),
  ),
  /** A redisdemo service on this port stays or is replaced. */
  check: async ({ port }: { readonly port: number }, instead, { systems, places }) => {
    if ((await portOf(places.home, systems)) === port) return;
    await portsFree([port], { instead, record: places.home.record('service') }, systems);
  },
  deployment: async (...args) => (await import('./deployment.ts')).localDeployment(...args),
  test: async (...args) => (await import('./tour.ts')).testLocally(...args),
  commands: (database) => ({ again: `redisdemo up --db ${database} --on local`, removal: 'redisdemo down' }),
};
