/** Docker: performs actions in an engine, and answers questions about containers. */
import { LABEL } from '../../plan/action.ts';
import type { Answer } from '../../plan/answer.ts';
import type { Containers, Performer } from '../../plan/systems.ts';
import type { Problem } from '../../problem.ts';
import { plainLog, stateOf } from './container.ts';
import type { Endpoint } from './endpoint.ts';
import { readContainerFile } from './files.ts';
import { publishedElsewhere } from './machine.ts';
import { openEngine } from './open.ts';
import { isOfHome, isOwner } from './owner.ts';
import { dockerKinds, type DockerAction, type Kind, type Of } from './kinds.ts';

/**
 * Throws a Problem if no engine answers.
 * @param owner the state folder that asks
 * @param signal ends what may take long: a pull, a build
 */
export async function dockerSystem(
  endpoint: Endpoint,
  owner: { readonly id: string },
  signal: AbortSignal,
): Promise<{ perform: Performer<DockerAction>; containers: Omit<Containers, 'reach'> }> {
  const { docker, ask } = await openEngine(endpoint, signal);
  const kinds = dockerKinds(docker, ask, signal);
  let machine: Promise<Problem | undefined> | undefined;
  const elsewhere = (): Promise<Problem | undefined> => (machine ??= publishedElsewhere(endpoint));
  const of = <K extends DockerAction['kind']>(action: Of<K>): Kind<K> => kinds[action.kind];
  /** Some kinds make calls between the questions they ask: what those are refused with is an answer too. */
  const whole = async (work: () => Promise<Answer<unknown>>): Promise<Answer<unknown>> => {
    const answer = await ask(work, Infinity);
    return answer.kind === 'ok' ? answer.value : answer;
  };
  return {
    perform: {
      exists: (action) =>
        whole(async () => {
          if (action.kind === 'runContainer' && action.ports.length > 0) throwIfAny(await elsewhere());
          return of(action).exists(action);
        }),
      present: (action) => whole(() => of(action).present(action)),
      create: (action, creating) => whole(() => of(action).create(action, creating)),
      remove: (action) => whole(() => of(action).remove(action)),
    },
    containers: {
      elsewhere,
      state: (name) => ask(async () => stateOf(await docker.getContainer(name).inspect(), owner.id)),
      kill: (name) => ask(() => docker.getContainer(name).kill()),
      start: (name) => ask(() => docker.getContainer(name).start()),
      engine: () =>
        ask(async () => {
          const { MemTotal, Architecture } = (await docker.info()) as { MemTotal: number; Architecture: string };
          return { memoryBytes: MemTotal, architecture: Architecture };
        }),
      readFile: (name, path) => ask(() => readContainerFile(docker, name, path)),
      address: ({ container, network }) =>
        ask(async () => {
          const { NetworkSettings } = await docker.getContainer(container).inspect();
          return NetworkSettings.Networks[network]?.IPAddress ?? '';
        }),
      haveOwner: (home) => ask(() => isOwner(docker, home)),
      log: (name, lines) =>
        ask(async () => {
          const raw = await docker.getContainer(name).logs({ stdout: true, stderr: true, tail: lines });
          return plainLog(raw);
        }),
      list: () =>
        ask(async () => {
          const found = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
          return found
            .filter((container) => isOfHome(container, owner.id))
            .map(({ Names, State, Ports, Image }) => ({
              name: Names[0]?.replace(/^\//, '') ?? '',
              state: State,
              image: Image,
              ports: portsOf(Ports),
            }));
        }),
      withAddress: (network, address) =>
        ask(async () => {
          const { Containers: found = {} } = (await docker.getNetwork(network).inspect()) as {
            readonly Containers?: Readonly<Record<string, { readonly Name: string; readonly IPv4Address: string }>>;
          };
          return Object.values(found).find(({ IPv4Address }) => IPv4Address.split('/')[0] === address)?.Name;
        }),
      publishing: (port) =>
        ask(async () => {
          // Not with the filter `publish`, which Podman does not know.
          const found = await docker.listContainers();
          const publisher = found.find(({ Ports }) => portsOf(Ports).includes(port));
          return publisher?.Names[0]?.replace(/^\//, '');
        }),
    },
  };
}

/** A port that is not published has none, whatever the type says; Podman gives null for no ports. */
function portsOf(ports: readonly { readonly PublicPort?: number }[] | null): readonly number[] {
  return (ports ?? []).flatMap(({ PublicPort }) => PublicPort ?? []);
}

function throwIfAny(problem: Problem | undefined): void {
  if (problem) throw problem;
}
