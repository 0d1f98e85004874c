import {
  DEFAULT_IMAGE,
  findStack,
  proveModules,
  stackConnection,
  stackPlan,
  type StackSettings,
} from '../../databases/stack.ts';
import { enterprisePlan, enterpriseRemains } from '../../databases/enterprise/enterprise.ts';
import { findEnterprise } from '../../databases/enterprise/nodes.ts';
import { ENTERPRISE_DEFAULTS } from '../../databases/enterprise/settings.ts';
import { deployment, type DatabaseName } from '../../deployment.ts';
import { foundInsightPlan } from '../../insight.ts';
import type { Plan } from '../../plan/plan.ts';
import { planStatus, type StageStatus } from '../../plan/status.ts';
import { Problem } from '../../problem.ts';
import { line, type Cell, type Tone } from '../../report.ts';
import type { Invocation } from '../invocation.ts';
import type { planSettings, removeSettings, upSettings, volumesSettings } from '../docker-options.ts';
import { readConnection, type Values } from '../options.ts';
import { proveDeployment, servicePlan } from './deploy.ts';
import { makeEnterprise } from './enterprise.ts';
import { make, removedResult, takeAway, within } from './plans.ts';

const STACK_DEFAULTS: StackSettings = { image: DEFAULT_IMAGE, port: 6379, insightPort: 8001, password: false };

/** Starts a database with its own settings, or with those that it has. */
type StartOf = (
  making: { readonly explain: boolean; readonly timeout: number | undefined },
  invocation: Invocation,
) => Promise<unknown>;

const START: Readonly<Record<DatabaseName, StartOf>> = {
  memory: () => Promise.resolve(),
  url: () => Promise.resolve(),
  stack: async ({ explain, timeout }, invocation) => {
    const { systems, places, report } = invocation;
    const there = await findStack(systems);
    const plan = within(timeout, stackPlan(there?.settings ?? STACK_DEFAULTS, places.home));
    const created = await make(plan, { explain, undo: 'redisdemo down' }, invocation);
    if (created.length === 0) return;
    const warning = await proveModules(await stackConnection(places.home, systems), systems, invocation);
    if (warning !== undefined) report.say(warning, 'note');
  },
  enterprise: async (making, invocation) => {
    const there = await findEnterprise(invocation.systems);
    await makeEnterprise(there?.settings ?? ENTERPRISE_DEFAULTS, making, invocation);
  },
};

export async function upCommand(
  values: Values<typeof upSettings & Pick<typeof planSettings, 'explain'>>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, environment } = invocation;
  await START[values.db](values, invocation);
  const connection = readConnection(values, environment);
  const settings = { database: values.db, target: values.on, port: values.port, connection };
  const wanted = await deployment(settings, places, systems);
  await make(within(values.timeout, wanted.plan), { explain: values.explain, undo: 'redisdemo down' }, invocation);
  await proveDeployment(wanted, invocation);
}

/** Everything of ours on this machine, the last made first. */
export async function downCommand(
  values: Values<typeof removeSettings & typeof volumesSettings>,
  invocation: Invocation,
): Promise<void> {
  const enterprise = await findEnterprise(invocation.systems);
  const lost = [...(values.volumes ? ['Redis Stack'] : []), ...(enterprise ? ['Redis Enterprise'] : [])];
  if (lost.length > 0 && !values.yes) {
    const yes = await invocation.confirm(`This deletes the data of ${lost.join(' and ')}.`, '--yes');
    if (!yes) throw new Problem('interrupted', { message: 'Nothing was removed.' });
  }
  const results = [];
  for (const { plan } of (await stages(invocation, true)).toReversed()) {
    results.push(await takeAway(plan, { explain: values.explain, withData: values.volumes }, invocation));
  }
  invocation.finish(
    removedResult({
      removed: results.flatMap(({ removed }) => removed),
      kept: results.flatMap(({ kept }) => kept),
    }),
  );
}

const TONES: Readonly<Record<StageStatus['state'], Tone>> = {
  absent: 'dim',
  partial: 'note',
  ready: 'good',
  foreign: 'bad',
};

export async function statusCommand(_values: object, invocation: Invocation): Promise<void> {
  const found = await Promise.all(
    (await stages(invocation, false)).map(async ({ name, plan }) => ({
      name,
      ...(await planStatus(plan, invocation.systems, invocation)),
    })),
  );
  invocation.finish({
    data: { stages: found },
    view: [
      {
        kind: 'table',
        columns: ['stage', 'state', 'why'],
        rows: found.map(({ name, state, reason }): (Cell | string)[] => [
          name,
          { text: state, tone: TONES[state] },
          reason ?? '',
        ]),
      },
      line(
        found.some(({ state }) => state !== 'absent')
          ? 'Take it all away with: redisdemo down'
          : 'Nothing of ours runs.',
      ),
    ],
  });
}

interface Stage {
  readonly name: string;
  readonly plan: Plan;
}

/** With the settings that each was made with. @param everything also what may be left of other settings */
async function stages(invocation: Invocation, everything: boolean): Promise<readonly Stage[]> {
  const { systems, places } = invocation;
  const stack = (await findStack(systems))?.settings ?? STACK_DEFAULTS;
  const enterprise = (await findEnterprise(systems))?.settings ?? ENTERPRISE_DEFAULTS;
  const remains = everything ? await enterpriseRemains(places.home, systems) : undefined;
  const enterpriseStage = remains ? () => remains : enterprisePlan;
  return [
    { name: 'stack', plan: stackPlan({ ...stack, password: stack.password || everything }, places.home) },
    { name: 'enterprise', plan: enterpriseStage(enterprise, places.home) },
    { name: 'insight', plan: await foundInsightPlan(systems) },
    { name: 'container', plan: await servicePlan('container', invocation) },
    { name: 'local', plan: await servicePlan('local', invocation) },
  ];
}
