/** The databases of a tour: one that runs already is used and stays, else one is made on free ports. */
import { enterpriseConnection } from '../databases/enterprise/connection.ts';
import { enterprisePlan } from '../databases/enterprise/enterprise.ts';
import { findEnterprise } from '../databases/enterprise/cluster/nodes.ts';
import { freeDatabasePort } from '../databases/enterprise/ports.ts';
import { ALIAS, ENTERPRISE_DEFAULTS } from '../databases/enterprise/settings.ts';
import { DEFAULT_IMAGE, findStack, proveModules, STACK, stackConnection, stackPlan } from '../databases/stack/stack.ts';
import { assertPortsHere } from '../plan/container-checks.ts';
import { ensure } from '../plan/ensure.ts';
import type { Plan } from '../plan/plan.ts';
import type { Systems } from '../plan/systems.ts';
import type { Working } from '../plan/wait.ts';
import { Problem } from '../problem.ts';
import { makeForTour } from './making.ts';
import type { Opened, Walk } from './rung.ts';

/** The one that runs already, or one on free ports that is taken away at the end. */
export async function openStack({ places, systems, working, keep }: Walk): Promise<Opened> {
  await assertPortsHere(systems);
  const there = await findStack(systems);
  const settings = there?.settings ?? {
    image: DEFAULT_IMAGE,
    port: await systems.ports.find(),
    insightPort: await systems.ports.find(),
    password: true,
  };
  const plan = stackPlan(settings, places.home);
  await pullImages(plan, systems, working);
  const made = await makeForTour(plan, { places, systems, working, keep });
  try {
    const connection = await stackConnection(places.home, systems);
    if (!there) await proveModules(connection, systems, working);
    return { connection, close: made, ...(there && { before: `${STACK} runs since before, and stays` }) };
  } catch (error) {
    await made();
    throw error;
  }
}

/** An image that cannot be had is a stage out of reach: this machine may be offline. */
async function pullImages({ title, steps }: Plan, systems: Systems, working: Working): Promise<void> {
  const pulls = steps.filter(({ action }) => action.kind === 'pullImage');
  try {
    await ensure({ title, steps: pulls }, systems, working, {});
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'system_failed') throw error;
    throw new Problem('out_of_reach', { message: error.message });
  }
}

/** As the stack. A tour pulls no image of gigabytes for a look: the image must be there. */
export async function openEnterprise({ places, systems, working, keep }: Walk): Promise<Opened> {
  await assertPortsHere(systems);
  const there = await findEnterprise(systems);
  const { image } = ENTERPRISE_DEFAULTS;
  const pull = await systems.perform.exists({ kind: 'pullImage', image });
  if (!there && pull.kind !== 'ok') {
    throw new Problem('out_of_reach', {
      message: `the image ${image} (some 2 GB) is not here: docker pull ${image}, or redisdemo enterprise up`,
    });
  }
  const settings = there?.settings ?? {
    ...ENTERPRISE_DEFAULTS,
    port: await freeDatabasePort(systems),
    apiPort: await systems.ports.find(),
    uiPort: await systems.ports.find(),
  };
  const close = await makeForTour(enterprisePlan(settings, places.home), { places, systems, working, keep });
  try {
    const connection = await enterpriseConnection(places.home, systems);
    if (!there) await proveModules(connection, systems, working);
    return { connection, close, ...(there && { before: `${ALIAS} runs since before, and stays` }) };
  } catch (error) {
    await close();
    throw error;
  }
}
