import { statSync } from 'node:fs';
import { Problem } from '../problem.ts';

/** Not a folder: a Python project may keep its virtual environment in one of that name. */
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Two ways to say the same: what the environment says in one of them is not to be undone by .env in the other. */
const SAME = [
  ['REDISPASS', 'REDISPASS_FILE'],
  ['REDISCA', 'REDISCA_FILE'],
] as const;

/** Matches the variables of all settings. A pattern, so that no command has to load the options of the others. */
export const OURS = /^(?:REDIS\w*|PORT|LISTEN_HOST)$/;

/** Adds what the folder's .env sets; what the environment has already wins. An empty variable counts as not set. */
export function loadEnvironment(): void {
  const before = new Set(Object.keys(process.env).filter((name) => process.env[name]));
  try {
    if (isFile('.env')) process.loadEnvFile('.env');
  } catch (error) {
    throw new Problem('bad_setting', {
      message: `.env cannot be read: ${(error as Error).message}`,
      hint: 'Mend its rights, or move it.',
    });
  }
  for (const [one, other] of [...SAME, ...SAME.map(([one, other]) => [other, one] as const)]) {
    if (before.has(one) && !before.has(other)) Reflect.deleteProperty(process.env, other);
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (value === '' && OURS.test(name)) Reflect.deleteProperty(process.env, name);
  }
}
