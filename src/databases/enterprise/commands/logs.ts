import { printLog } from '../../../command/container-log.ts';
import type { linesSettings } from '../../../command/docker-options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import { nodeName } from '../settings.ts';

export function enterpriseLogs({ lines }: Values<typeof linesSettings>, invocation: Invocation): Promise<void> {
  return printLog(
    { container: nodeName(1), lines, start: 'redisdemo enterprise up', missing: 'not_running' },
    invocation,
  );
}
