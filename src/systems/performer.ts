import type { Action, ActionKind } from '../plan/action.ts';
import type { Calls, Http, Performer } from '../plan/systems.ts';
import type { dockerSystem } from './docker/docker.ts';
import { netrcFiles } from './files/netrc-files.ts';
import { processSystem } from './processes/process.ts';
import { resourceSystem } from './calls/resources.ts';
import { secretFiles } from './files/secret-files.ts';

export interface PerformerParts {
  readonly docker: () => ReturnType<typeof dockerSystem>;
  readonly http: Http;
  readonly calls: Calls;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Sends each action to the system that performs its kind. */
export function performer({ docker, http, calls, env, signal }: PerformerParts): Performer {
  const own: Partial<Record<ActionKind, Performer<never>>> = {
    makeSecret: secretFiles(),
    makeNetrc: netrcFiles(),
    runProcess: processSystem(http, env),
    resource: resourceSystem(calls, signal),
  };
  const of = async ({ kind }: Action): Promise<Performer> => (own[kind] ?? (await docker()).perform) as Performer;
  return {
    exists: async (action) => (await of(action)).exists(action),
    present: async (action) => (await of(action)).present(action),
    create: async (action, creating) => (await of(action)).create(action, creating),
    remove: async (action) => (await of(action)).remove(action),
  };
}
