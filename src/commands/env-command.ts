import { command, type CommandSpec } from '../command/command-spec.ts';
import type { Stages } from '../stage/stage.ts';
import { envSettings } from './env-options.ts';
import { connectedDatabase } from './settings.ts';

export function envWith(stages: Stages): CommandSpec {
  return command({
    description:
      'Prints the connection of a database for a shell: eval "$(redisdemo env)". The password itself only with --reveal, or in a file of your own with --out. A file for sh (. FILE): --shell sh. For .env, Node and compose: dotenv. For docker run --env-file: docker.',
    settings: { db: connectedDatabase(stages), ...envSettings },
    work: async (values, invocation) => (await import('./env.ts')).envCommand(values, stages, invocation),
  });
}
