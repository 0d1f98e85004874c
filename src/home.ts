/** What cannot be asked again, in a folder of our own: generated passwords, and the record of what runs here. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Home {
  readonly folder: string;
  readonly secret: (name: string) => string;
  /** A certificate that is pinned, as PEM. */
  readonly certificate: (name: string) => string;
  readonly record: (name: string) => string;
  readonly log: (name: string) => string;
}

/**
 * REDISDEMO_HOME, else the state folder of the XDG base directories, else that of Windows. Absolute, for what is printed
 * may be run elsewhere; an empty variable counts as not set.
 */
export function findHome(env: NodeJS.ProcessEnv): Home {
  const set = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const state = set('XDG_STATE_HOME') ?? set('LOCALAPPDATA') ?? join(homedir(), '.local', 'state');
  const folder = resolve(set('REDISDEMO_HOME') ?? join(state, 'redisdemo'));
  return {
    folder,
    secret: (name) => join(folder, 'secrets', name),
    certificate: (name) => join(folder, 'certificates', `${name}.pem`),
    record: (name) => join(folder, 'records', `${name}.json`),
    log: (name) => join(folder, 'logs', `${name}.log`),
  };
}
