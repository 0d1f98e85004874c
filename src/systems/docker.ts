/** Docker: finds the engine, performs actions there, and answers questions about containers. */
import Docker from 'dockerode';
import { LABEL } from '../plan/action.ts';
import { ok, type Answer } from '../plan/answer.ts';
import type { Containers, Performer } from '../plan/systems.ts';
import { Problem } from '../problem.ts';
import { labelsOf, plainLog } from './docker-container.ts';
import { findEndpoint } from './docker-endpoint.ts';
import { refusal } from './docker-errors.ts';
import { dockerKinds, type DockerAction, type Kind, type Of } from './docker-kinds.ts';

export function dockerSystem(env: NodeJS.ProcessEnv): { perform: Performer<DockerAction>; containers: Containers } {
  const endpoint = findEndpoint(env);
  const docker = new Docker(endpoint.options);
  /** Turns the engine's refusals into answers. */
  const ask = async <T>(work: () => Promise<T>): Promise<Answer<T>> => {
    try {
      return ok(await work());
    } catch (error) {
      if (error instanceof Problem) throw error;
      return refusal(error, endpoint);
    }
  };
  const kinds = dockerKinds(docker, ask);
  const of = <K extends DockerAction['kind']>(action: Of<K>): Kind<K> => kinds[action.kind];
  return {
    perform: {
      exists: (action) => of(action).exists(action),
      present: (action) => of(action).present(action),
      create: (action, creating) => of(action).create(action, creating),
      remove: (action) => of(action).remove(action),
    },
    containers: {
      state: (name) =>
        ask(async () => {
          const { State, Config } = await docker.getContainer(name).inspect();
          const labels = labelsOf(Config);
          return { running: State.Running, exitCode: State.ExitCode, ours: LABEL in labels, labels };
        }),
      log: (name, lines) =>
        ask(async () => {
          const raw = await docker.getContainer(name).logs({ stdout: true, stderr: true, tail: lines });
          return plainLog(raw);
        }),
      list: () =>
        ask(async () => {
          const found = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
          return found.map(({ Names, State, Ports, Image }) => ({
            name: Names[0]?.replace(/^\//, '') ?? '',
            state: State,
            image: Image,
            // A port that is not published has none, whatever the type says.
            ports: Ports.map(({ PublicPort }) => PublicPort as number | undefined).filter((port) => port !== undefined),
          }));
        }),
      publishing: (port) =>
        ask(async () => {
          const found = await docker.listContainers({ filters: { publish: [String(port)] } });
          return found[0]?.Names[0]?.replace(/^\//, '');
        }),
    },
  };
}
