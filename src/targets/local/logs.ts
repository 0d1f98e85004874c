import type { linesSettings } from '../../command/docker-options.ts';
import type { Invocation } from '../../command/invocation.ts';
import type { Values } from '../../command/setting.ts';
import { serviceProcess } from './background.ts';
import { Problem } from '../../problem.ts';
import { portOf, serviceOf } from './found.ts';

export async function logsOfProcess({ lines }: Values<typeof linesSettings>, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const port = await portOf(places.home, systems);
  if (port === undefined) {
    throw new Problem('not_deployed', {
      message: 'No log to show: the service is not deployed (local).',
      hint: 'Deploy it: redisdemo deploy local',
    });
  }
  const log = await systems.processes.log(serviceProcess(serviceOf(places, port), places.home), lines);
  finish({ data: { log }, view: [{ kind: 'text', text: log.trimEnd() }] });
}
