import type { Invocation } from '../../command/invocation.ts';
import { environmentValues } from '../../command/values.ts';
import { assertPortsHere } from '../../plan/container-checks.ts';
import type { Systems } from '../../plan/systems.ts';
import { isInterruption, Problem } from '../../problem.ts';
import type { DatabaseWork, StartOptions } from '../../stage/database-work.ts';
import { onePlan } from '../../stage/one-plan.ts';
import { openPlan } from '../../stage/open-plan.ts';
import type { OpenedDatabase, TourContext } from '../../stage/tour.ts';
import { proveModules } from '../modules.ts';
import { findEnterprise } from './cluster/nodes.ts';
import { enterpriseUpSettings } from './commands/options.ts';
import { makeEnterprise } from './commands/up.ts';
import { enterpriseConnection } from './connection.ts';
import { enterprisePlan, enterpriseRemains } from './enterprise.ts';
import { chooseEnterprise, freeDatabasePort } from './ports.ts';
import { ALIAS, ENTERPRISE_DEFAULTS } from './settings.ts';

export const enterpriseStage: DatabaseWork = {
  ...onePlan(
    async ({ systems, places }) =>
      enterprisePlan((await findEnterprise(systems))?.settings ?? ENTERPRISE_DEFAULTS, places.home),
    ({ systems, places }) => enterpriseRemains(places.home, systems),
  ),
  losses: ({ systems }) => dataOf(systems),
  connection: async (from, { places, systems }) => ({
    ...(await enterpriseConnection(places.home, systems)),
    // On the Docker network all nodes answer to one name.
    ...(from === 'engine' && { host: ALIAS }),
  }),
  start,
  open,
};

/** When Docker cannot be asked, there may be a cluster: report its data anyway. */
async function dataOf(systems: Systems): Promise<readonly string[]> {
  const data = ['the data of Redis Enterprise'];
  try {
    return (await findEnterprise(systems)) ? data : [];
  } catch (error) {
    if (!(error instanceof Problem) || isInterruption(error)) throw error;
    return error.code === 'system_failed' ? data : [];
  }
}

async function start(options: StartOptions, invocation: Invocation): Promise<void> {
  const { systems, environment } = invocation;
  const wanted = environmentValues(enterpriseUpSettings, environment);
  const there = (await findEnterprise(systems))?.settings;
  await makeEnterprise(there ?? (await chooseEnterprise(wanted, undefined, systems)), options, invocation);
}

/** Uses free ports when none runs. The tour does not pull this image, which has gigabytes: it must be there. */
async function open(tour: TourContext): Promise<OpenedDatabase> {
  const { places, systems } = tour;
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
  return openPlan(
    {
      plan: enterprisePlan(settings, places.home),
      name: ALIAS,
      isThere: there !== undefined,
      connect: () => enterpriseConnection(places.home, systems),
      prove: (connection) => proveModules(connection, systems, tour.working),
    },
    tour,
  );
}
