import { command, type CommandSpec } from '../command/command-spec.ts';
import { planSettings, removeSettings, waitSettings } from '../command/docker-options.ts';
import { redisSettings } from '../command/options.ts';
import type { Stages } from '../stage/stage.ts';
import { anyDatabase, anyTarget, ofTargets } from './settings.ts';

export async function upWith(stages: Stages): Promise<CommandSpec> {
  return command({
    description:
      'Starts a database, runs the service against it, and proves it with the smoke test. Run it twice: the second time only asks.',
    settings: {
      db: anyDatabase(stages),
      on: anyTarget(stages),
      ...(await ofTargets(stages, ['up', 'place'])),
      ...waitSettings,
      ...redisSettings,
      explain: planSettings.explain,
      yes: removeSettings.yes,
    },
    work: async (values, invocation) => (await import('./up.ts')).upCommand(values, stages, invocation),
  });
}
