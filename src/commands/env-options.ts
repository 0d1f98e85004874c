import * as v from 'valibot';
import { filePath, redisSettings } from '../command/options.ts';
import type { Setting } from '../command/setting.ts';

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
