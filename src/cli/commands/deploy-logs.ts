import type { TargetName } from '../../deployment.ts';
import { Problem } from '../../problem.ts';
import { SERVICE } from '../../targets/container.ts';
import type { linesSettings } from '../docker-options.ts';
import type { Invocation } from '../invocation.ts';
import type { Values } from '../setting.ts';
import { portOf, servicePlan } from './service-plan.ts';

export async function deployLogs(
  target: TargetName,
  { lines }: Values<typeof linesSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, finish } = invocation;
  const log =
    (await portOf(target, places, systems)) === undefined ? undefined : await READERS[target](lines, invocation);
  if (log === undefined) {
    throw new Problem('not_running', {
      message: `No log to show: the service is not deployed (${target}).`,
      hint: `Deploy it: redisdemo deploy ${target}`,
    });
  }
  finish({ data: { log }, view: [{ kind: 'text', text: log.trimEnd() }] });
}

type ReadLog = (lines: number, invocation: Invocation) => Promise<string | undefined>;

const READERS: Readonly<Record<TargetName, ReadLog>> = {
  local: async (lines, invocation) => {
    const { steps } = await servicePlan('local', invocation);
    const action = steps.map((step) => step.action).find(({ kind }) => kind === 'runProcess');
    return action?.kind === 'runProcess' ? invocation.systems.processes.log(action, lines) : undefined;
  },
  container: async (lines, { systems }) => {
    const log = await systems.containers.log(SERVICE, lines);
    return log.kind === 'ok' ? log.value : undefined;
  },
};
