import { command, type CommandSpec } from '../command/command-spec.ts';
import { removeSettings, volumesSettings } from '../command/docker-options.ts';
import type { Stages } from '../stage/stage.ts';

export function downWith(stages: Stages): CommandSpec {
  return command({
    description:
      'Takes away all that redisdemo made on this machine, and what it deployed elsewhere from here. The data of Redis Stack stays unless --volumes is given.',
    settings: { ...volumesSettings, ...removeSettings },
    work: async (values, invocation) => (await import('./down.ts')).downCommand(values, stages, invocation),
  });
}
