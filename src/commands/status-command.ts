import { command, type CommandSpec } from '../command/command-spec.ts';
import type { Stages } from '../stage/stage.ts';

export function statusWith(stages: Stages): CommandSpec {
  return command({
    description: 'Asks every stage what is there: absent, partial, ready or foreign.',
    settings: {},
    work: async (_values, invocation) => (await import('./status.ts')).statusCommand(stages, invocation),
  });
}
