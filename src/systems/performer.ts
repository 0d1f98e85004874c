import type { Action, ActionKind } from '../plan/action.ts';
import type { Http, Performer } from '../plan/systems.ts';
import type { dockerSystem } from './docker.ts';
import { processSystem } from './process.ts';
import { secretFiles } from './secret-files.ts';

export interface PerformerParts {
  readonly docker: () => Promise<ReturnType<typeof dockerSystem>>;
  readonly http: Http;
  readonly env: NodeJS.ProcessEnv;
}

/** Sends each action to the system that performs its kind. */
export function performer({ docker, http, env }: PerformerParts): Performer {
  const secrets = secretFiles();
  const processes = processSystem(http, env);
  const own: Partial<Record<ActionKind, Performer<never>>> = { makeSecret: secrets, runProcess: processes };
  const of = async ({ kind }: Action): Promise<Performer> => (own[kind] ?? (await docker()).perform) as Performer;
  return {
    exists: async (action) => (await of(action)).exists(action),
    present: async (action) => (await of(action)).present(action),
    create: async (action, creating) => (await of(action)).create(action, creating),
    remove: async (action) => (await of(action)).remove(action),
  };
}
