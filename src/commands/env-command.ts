import * as v from 'valibot';
import { command, type CommandSpec } from '../command/command-spec.ts';
import { filePath, redisSettings } from '../command/options.ts';
import type { Setting } from '../command/setting.ts';
import type { Stages } from '../stage/stage.ts';
import { connectedDatabase } from './settings.ts';

const SHELLS = ['sh', 'fish', 'powershell', 'cmd', 'dotenv', 'docker', 'json'] as const;

export const envSettings = {
  shell: {
    flag: '--shell <shell>',
    words: 'sh, fish, powershell, cmd, dotenv, docker or json',
    fallback: 'sh',
    rule: v.picklist(SHELLS, `one of ${SHELLS.join(', ')}`),
  },
  reveal: { flag: '--reveal', words: 'with the password itself' },
  out: { flag: '--out <file>', words: 'write to a file that only you can read, with the password', rule: filePath },
  ...redisSettings,
} as const satisfies Record<string, Setting>;

export function envWith(stages: Stages): CommandSpec {
  return command({
    description:
      'Prints the connection of a database for a shell: eval "$(redisdemo env)".\nThe password itself only with --reveal, or in a file of your own with --out.\nA file for sh (. FILE): --shell sh. For .env, Node and compose: dotenv. For docker run --env-file: docker.',
    settings: { db: connectedDatabase(stages), ...envSettings },
    work: async (values, invocation) => (await import('./env.ts')).envCommand(values, stages, invocation),
  });
}
