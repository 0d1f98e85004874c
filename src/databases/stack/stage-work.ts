/** Redis Stack as a stage. */
import type { Invocation } from '../../command/invocation.ts';
import { make, within } from '../../command/plans.ts';
import { environmentValues } from '../../command/values.ts';
import { assertPortsHere } from '../../plan/container-checks.ts';
import { hasCreated } from '../../plan/results.ts';
import type { DatabaseWork, StartOptions } from '../../stage/database-work.ts';
import { onePlan } from '../../stage/one-plan.ts';
import { openPlan } from '../../stage/open-plan.ts';
import type { OpenedDatabase, TourContext } from '../../stage/tour.ts';
import { proveModules } from '../modules.ts';
import { stackConnection, stackInside } from './connection.ts';
import { chooseStack, findStack } from './found.ts';
import { stackUpSettings } from './options.ts';
import { stackPlan } from './plan.ts';
import { DEFAULT_IMAGE, STACK, STACK_DEFAULTS } from './settings.ts';

export const stackDatabase: DatabaseWork = {
  ...onePlan(
    async ({ systems, places }) => stackPlan((await findStack(systems))?.settings ?? STACK_DEFAULTS, places.home),
    // An earlier one can have left a password.
    async ({ systems, places }) =>
      stackPlan({ ...((await findStack(systems))?.settings ?? STACK_DEFAULTS), password: true }, places.home),
  ),
  losses: (_invocation, { volumes }) => Promise.resolve(volumes ? ['the data of Redis Stack'] : []),
  connection: (from, { places, systems }) =>
    from === 'engine' ? stackInside(places.home, systems) : stackConnection(places.home, systems),
  start,
  open,
};

async function start({ explain, timeout }: StartOptions, invocation: Invocation): Promise<void> {
  const { systems, places, report, environment } = invocation;
  const wanted = environmentValues(stackUpSettings, environment);
  const settings = (await findStack(systems))?.settings ?? (await chooseStack(wanted, systems));
  const plan = within(timeout, stackPlan(settings, places.home));
  const results = await make(plan, { explain, undo: 'redisdemo down' }, invocation);
  if (!hasCreated(results)) return;
  const warning = await proveModules(await stackConnection(places.home, systems), systems, invocation);
  if (warning !== undefined) report.say(warning, 'note');
}

/** On free ports, when none runs. */
async function open(tour: TourContext): Promise<OpenedDatabase> {
  const { places, systems } = tour;
  await assertPortsHere(systems);
  const there = await findStack(systems);
  const settings = there?.settings ?? {
    image: DEFAULT_IMAGE,
    port: await systems.ports.find(),
    insightPort: await systems.ports.find(),
    password: true,
  };
  const plan = stackPlan(settings, places.home);
  return openPlan(
    {
      plan,
      name: STACK,
      isThere: there !== undefined,
      connect: () => stackConnection(places.home, systems),
      prove: (connection) => proveModules(connection, systems, tour.working),
    },
    tour,
  );
}
