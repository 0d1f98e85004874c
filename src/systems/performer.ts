import type { Effect, EffectKind } from '../plan/action.ts';
import type { Calls, Containers, Http, Performer } from '../plan/systems.ts';
import type { dockerSystem } from './docker/docker.ts';
import { processSystem } from './processes/process.ts';
import { resourceSystem } from './calls/resources.ts';
import { managedFiles } from './files/managed-files.ts';

interface PerformerParts {
  readonly docker: () => ReturnType<typeof dockerSystem>;
  readonly containers: Pick<Containers, 'readFile' | 'anyCreatedFrom'>;
  readonly http: Http;
  readonly calls: Calls;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export function performer({ docker, containers, http, calls, env, signal }: PerformerParts): Performer {
  const own: Partial<Record<EffectKind, Performer<never>>> = {
    file: managedFiles(containers),
    runProcess: processSystem(http, env),
    resource: resourceSystem(calls, signal),
  };
  const of = async ({ kind }: Effect): Promise<Performer> => (own[kind] ?? (await docker()).perform) as Performer;
  return {
    exists: async (action) => (await of(action)).exists(action),
    present: async (action) => (await of(action)).present(action),
    create: async (action, creating) => (await of(action)).create(action, creating),
    remove: async (action) => (await of(action)).remove(action),
  };
}
