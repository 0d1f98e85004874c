import { allSettings } from './all-settings.ts';
import { Problem } from '../problem.ts';

/** Adds what the folder's .env sets; what the environment has already wins. An empty variable counts as not set. */
export function loadEnvironment(): void {
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') {
      throw new Problem('bad_setting', {
        message: `.env cannot be read: ${message}`,
        hint: 'Mend its rights, or move it.',
      });
    }
  }
  for (const { variable } of allSettings) {
    if (variable !== undefined && process.env[variable] === '') Reflect.deleteProperty(process.env, variable);
  }
}
