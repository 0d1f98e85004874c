import {
  DEFAULT_IMAGE,
  findStack,
  proveModules,
  stackConnection,
  stackPlan,
  type StackSettings,
} from '../../databases/stack.ts';
import { deployment } from '../../deployment.ts';
import { INSIGHT, insightPlan } from '../../insight.ts';
import { publishedPort } from '../../plan/container-checks.ts';
import type { Plan } from '../../plan/plan.ts';
import { planStatus, type StageStatus } from '../../plan/status.ts';
import { Problem } from '../../problem.ts';
import { line, type Cell, type Tone } from '../../report.ts';
import type { Invocation } from '../invocation.ts';
import type { planSettings, removeSettings, upSettings, volumesSettings } from '../docker-options.ts';
import { readConnection, type Values } from '../options.ts';
import { proveDeployment, servicePlan } from './deploy.ts';
import { make, removedResult, takeAway } from './plans.ts';

const STACK_DEFAULTS: StackSettings = { image: DEFAULT_IMAGE, port: 6379, insightPort: 8001, password: false };

export async function upCommand(
  values: Values<typeof upSettings & Pick<typeof planSettings, 'explain'>>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, environment } = invocation;
  if (values.db === 'stack') {
    const there = await findStack(systems);
    const plan = stackPlan(there?.settings ?? STACK_DEFAULTS, places.home);
    const created = await make(plan, values.explain, invocation);
    const connection = await stackConnection(places.home, systems);
    const warning = created.length > 0 ? await proveModules(connection, systems, invocation) : undefined;
    if (warning !== undefined) invocation.report.say(warning, 'note');
  }
  const connection = readConnection(values, environment);
  const settings = { database: values.db, target: values.on, port: values.port, connection };
  const wanted = await deployment(settings, places, systems);
  await make(wanted.plan, values.explain, invocation);
  await proveDeployment(wanted, invocation);
}

/** Everything of ours on this machine, the last made first. */
export async function downCommand(
  values: Values<typeof removeSettings & typeof volumesSettings>,
  invocation: Invocation,
): Promise<void> {
  if (values.volumes && !values.yes) {
    const yes = await invocation.confirm('This deletes the data of Redis Stack.', '--yes');
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
  const insightPort = (await publishedPort(INSIGHT, 5540, systems)) ?? 5540;
  return [
    { name: 'stack', plan: stackPlan({ ...stack, password: stack.password || everything }, places.home) },
    { name: 'insight', plan: insightPlan({ port: insightPort, stack: false }) },
    { name: 'container', plan: await servicePlan('container', invocation) },
    { name: 'local', plan: await servicePlan('local', invocation) },
  ];
}
