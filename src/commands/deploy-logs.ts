import { printLog } from '../command/container-log.ts';
import type { linesSettings } from '../command/docker-options.ts';
import type { Invocation } from '../command/invocation.ts';
import type { Values } from '../command/setting.ts';
import { Problem } from '../problem.ts';
import { SERVICE } from '../targets/container/container.ts';
import { portOf, servicePlan } from './service-plan.ts';

type LinesValues = Values<typeof linesSettings>;

export function logsOfContainer({ lines }: LinesValues, invocation: Invocation): Promise<void> {
  return printLog(
    { container: SERVICE, lines, start: 'redisdemo deploy container', missing: 'not_deployed' },
    invocation,
  );
}

export async function logsOfProcess({ lines }: LinesValues, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const { steps } = await servicePlan('local', invocation);
  const action = steps.map((step) => step.action).find(({ kind }) => kind === 'runProcess');
  if (action?.kind !== 'runProcess' || (await portOf('local', places, systems)) === undefined) {
    throw new Problem('not_deployed', {
      message: 'No log to show: the service is not deployed (local).',
      hint: 'Deploy it: redisdemo deploy local',
    });
  }
  const log = await systems.processes.log(action, lines);
  finish({ data: { log }, view: [{ kind: 'text', text: log.trimEnd() }] });
}
