import { printLog } from '../../command/container-log.ts';
import type {
  linesSettings,
  ownerSettings,
  planSettings,
  removeSettings,
  volumesSettings,
} from '../../command/docker-options.ts';
import { openNewPassword } from '../../command/given-file.ts';
import type { Invocation } from '../../command/invocation.ts';
import { finishRemoval, make, ofOwner, scriptResult, takeAway, within } from '../../command/plans.ts';
import type { Values } from '../../command/setting.ts';
import { environmentValues } from '../../command/values.ts';
import { describeConnection } from '../../connection.ts';
import { assertPortsHere } from '../../plan/container-checks.ts';
import type { Plan } from '../../plan/plan.ts';
import { createdTitles, hasCreated } from '../../plan/results.ts';
import { planStatus } from '../../plan/status.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import type { DatabaseWork, StartOptions } from '../../stage/database-work.ts';
import { onePlan } from '../../stage/one-plan.ts';
import { openPlan } from '../../stage/open-plan.ts';
import type { OpenedDatabase, TourContext } from '../../stage/tour.ts';
import { proveModules } from '../modules.ts';
import { chooseStack, findStack, stackConnection, stackInside } from './found.ts';
import { stackUpSettings } from './options.ts';
import { foundStackPlan, stackPlan } from './plan.ts';
import { DEFAULT_IMAGE, hasInsight, STACK } from './settings.ts';

type UpValues = Values<typeof stackUpSettings & typeof planSettings>;

export async function stackUp(values: UpValues, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  await openNewPassword(values.passwordFile, stackUpSettings.passwordFile, { print: values.print, systems });
  const settings = await chooseStack(values, systems);
  const plan = within(values.timeout, stackPlan(settings, places.home));
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const options = { explain: values.explain, undo: 'redisdemo stack down' };
  const { results, connection, warning } = await makeStack(plan, options, invocation);
  const insight = hasInsight(settings.image) ? `http://127.0.0.1:${String(settings.insightPort)}` : null;
  finish({
    data: {
      host: connection.host,
      port: connection.port,
      password: settings.password,
      insight,
      created: createdTitles(results),
      warning: warning ?? null,
    },
    view: [
      line(`Redis is ready at ${describeConnection(connection)}.`, 'good'),
      ...(insight === null ? [] : [line(`RedisInsight: ${insight}`)]),
      line('For a shell: eval "$(redisdemo env)"'),
    ],
  });
}

export async function stackDown(
  values: Values<typeof removeSettings & typeof volumesSettings & typeof ownerSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, confirm } = invocation;
  const plan = ofOwner(values.owner, foundStackPlan(await findStack(systems), places.home, true));
  if (values.volumes && !values.yes) {
    const yes = await confirm(`This deletes the data of ${STACK}.`, '--yes');
    if (!yes) throw new Problem('declined', { message: 'Nothing was removed.' });
  }
  finishRemoval(await takeAway(plan, { explain: values.explain, withData: values.volumes }, invocation), invocation);
}

export async function stackStatus(_values: object, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const there = await findStack(systems);
  const status = await planStatus(foundStackPlan(there, places.home), systems, invocation);
  const { port, insightPort, image } = there?.settings ?? {};
  const insight = image !== undefined && hasInsight(image) ? `http://127.0.0.1:${String(insightPort)}` : null;
  finish({
    data: { ...status, image: image ?? null, port: there ? port : null, insight },
    view: [
      line(`${STACK}: ${status.state}${status.reason === undefined ? '' : ` (${status.reason})`}`),
      ...(status.note === undefined ? [] : [line(status.note)]),
      ...(there ? [line(`image ${String(image)}, port ${String(port)}`)] : []),
      ...(there && insight !== null ? [line(`RedisInsight: ${insight}`)] : []),
    ],
  });
}

export function stackLogs({ lines }: Values<typeof linesSettings>, invocation: Invocation): Promise<void> {
  return printLog({ container: STACK, lines, start: 'redisdemo stack up', missing: 'not_running' }, invocation);
}

export const stackDatabase: DatabaseWork = {
  ...onePlan(
    async ({ systems, places }) => foundStackPlan(await findStack(systems), places.home),
    async ({ systems, places }) => foundStackPlan(await findStack(systems), places.home, true),
  ),
  losses: (_invocation, { volumes }) => Promise.resolve(volumes ? ['the data of Redis Stack'] : []),
  connection: (from, { places, systems }) =>
    from === 'engine' ? stackInside(places.home, systems) : stackConnection(places.home, systems),
  start,
  open,
};

async function start({ explain, timeout }: StartOptions, invocation: Invocation): Promise<void> {
  const { systems, places, environment } = invocation;
  const wanted = environmentValues(stackUpSettings, environment);
  const settings = (await findStack(systems))?.settings ?? (await chooseStack(wanted, systems));
  const plan = within(timeout, stackPlan(settings, places.home));
  await makeStack(plan, { explain, undo: 'redisdemo down' }, invocation);
}

async function makeStack(plan: Plan, options: Parameters<typeof make>[1], invocation: Invocation) {
  const { systems, places, report } = invocation;
  const results = await make(plan, options, invocation);
  const connection = await stackConnection(places.home, systems);
  // An existing database was tested when it was created.
  const warning = hasCreated(results) ? await proveModules(connection, systems, invocation) : undefined;
  if (warning !== undefined) report.say(warning, 'note');
  return { results, connection, warning };
}

/** Uses free ports when none runs. */
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
  return openPlan(
    {
      plan: stackPlan(settings, places.home),
      name: STACK,
      isThere: there !== undefined,
      connect: () => stackConnection(places.home, systems),
      prove: (connection) => proveModules(connection, systems, tour.working),
    },
    tour,
  );
}
