import { command } from '../command/command-spec.ts';
import { envSettings } from '../command/docker-options.ts';

export const env = command({
  description:
    'Prints the connection of a database for a shell: eval "$(redisdemo env)". The password itself only with --reveal, or in a file of your own with --out. A file for sh (. FILE): --shell sh. For .env, Node and compose: dotenv. For docker run --env-file: docker.',
  settings: envSettings,
  work: async (values, invocation) => (await import('./env.ts')).envCommand(values, invocation),
});
