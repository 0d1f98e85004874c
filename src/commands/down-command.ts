import { command, type CommandSpec } from '../command/command-spec.ts';
import { removeSettings, volumesSettings } from '../command/docker-options.ts';
import type { Stages } from '../stage/stage.ts';

export function downWith(stages: Stages): CommandSpec {
  return command({
    description:
      'Takes away all that redisdemo made on this machine, and all that it deployed from here. Data in Docker volumes stays unless --volumes is given.',
    settings: { ...volumesSettings, ...removeSettings },
    work: async (values, invocation) => (await import('./down.ts')).downCommand(values, stages, invocation),
  });
}
