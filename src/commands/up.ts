import { findEnterprise } from '../databases/enterprise/cluster/nodes.ts';
import { findStack, proveModules, stackConnection, stackPlan } from '../databases/stack/stack.ts';
import { deployment, type DatabaseName } from '../deployment.ts';
import { hasCreated } from '../plan/results.ts';
import { portsFree } from '../plan/container-checks.ts';
import { SERVICE } from '../targets/container/container.ts';
import { stackUpSettings, type planSettings, type upSettings } from '../command/docker-options.ts';
import { enterpriseUpSettings } from '../databases/enterprise/commands/options.ts';
import type { Invocation } from '../command/invocation.ts';
import { openConnection } from '../command/given-file.ts';
import { readConnection } from '../command/options.ts';
import type { Values } from '../command/setting.ts';
import { environmentValues } from '../command/values.ts';
import { sayUnread } from '../command/variables.ts';
import { proveDeployment } from './deploy.ts';
import { portOf } from './service-plan.ts';
import { chooseEnterprise } from '../databases/enterprise/choice.ts';
import { makeEnterprise } from '../databases/enterprise/commands/up.ts';
import { make, within } from '../command/plans.ts';
import { chooseStack } from '../databases/stack/work.ts';

type UpValues = Values<typeof upSettings & Pick<typeof planSettings, 'explain'>>;

/** Starts a database with the settings that it has, else with those of the environment. */
type StartOf = (values: UpValues, invocation: Invocation) => Promise<unknown>;

const START: Readonly<Record<DatabaseName, StartOf>> = {
  memory: () => Promise.resolve(),
  url: () => Promise.resolve(),
  stack: async ({ explain, timeout }, invocation) => {
    const { systems, places, report, environment } = invocation;
    const wanted = environmentValues(stackUpSettings, environment);
    const settings = (await findStack(systems))?.settings ?? (await chooseStack(wanted, systems));
    const plan = within(timeout, stackPlan(settings, places.home));
    const results = await make(plan, { explain, undo: 'redisdemo down' }, invocation);
    if (!hasCreated(results)) return;
    const warning = await proveModules(await stackConnection(places.home, systems), systems, invocation);
    if (warning !== undefined) report.say(warning, 'note');
  },
  enterprise: async (values, invocation) => {
    const { systems, environment } = invocation;
    const wanted = environmentValues(enterpriseUpSettings, environment);
    const there = (await findEnterprise(systems))?.settings;
    await makeEnterprise(there ?? (await chooseEnterprise(wanted, undefined, systems)), values, invocation);
  },
};

export async function upCommand(values: UpValues, invocation: Invocation): Promise<void> {
  const { systems, places, environment } = invocation;
  sayUnread(readConnection(values, environment), invocation);
  // Before anything is created.
  const connection = values.db === 'url' ? await openConnection(values, invocation) : undefined;
  await servicePortFree(values, invocation);
  await START[values.db](values, invocation);
  const settings = { database: values.db, target: values.on, port: values.port, connection };
  const wanted = await deployment(settings, places, systems);
  await make(within(values.timeout, wanted.plan), { explain: values.explain, undo: 'redisdemo down' }, invocation);
  await proveDeployment(wanted, invocation);
}

/** Before the database is made: a port that is taken must not be found out after it. */
async function servicePortFree({ db, on, port }: UpValues, { systems, places }: Invocation): Promise<void> {
  // A container that has stopped has its port no longer: only the running one counts.
  if (on === 'local' && (await portOf(on, places, systems)) === port) return;
  const instead = (free: number): string => `redisdemo up --db ${db} --on ${on} --port ${String(free)}`;
  const record = places.home.record('service');
  await portsFree([port], { ...(on === 'container' && { own: SERVICE }), instead, record }, systems);
}
