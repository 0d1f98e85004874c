/** The network that the stages share, and the place of a container on it. */
import type Docker from 'dockerode';
import { LABEL, type RunContainer } from '../plan/action.ts';
import { absent, type Answer } from '../plan/answer.ts';
import { assertOurs } from './docker-container.ts';
import type { Ask } from './docker-errors.ts';
import type { Kind } from './docker-kinds.ts';

export function sharedNetwork(docker: Docker, ask: Ask): Kind<'createNetwork'> {
  const inspect = (name: string): Promise<Answer<unknown>> =>
    ask(async () => {
      assertOurs(await docker.getNetwork(name).inspect(), `network ${name}`);
    });
  return {
    exists: ({ name }) => inspect(name),
    present: async ({ name }) => {
      const network = await inspect(name);
      if (network.kind !== 'ok') return network;
      const users = await ask(() => docker.listContainers({ all: true, filters: { network: [name] } }));
      if (users.kind !== 'ok') return users;
      // The network is removed with the last container on it. Its own list has the running ones only, and without the
      // network a stopped container can never start again.
      return users.value.length > 0 ? absent('still in use') : network;
    },
    create: ({ name, stage }) =>
      ask(() => docker.createNetwork({ Name: name, Labels: { [LABEL]: stage }, CheckDuplicate: true })),
    remove: ({ name }) => ask(() => docker.getNetwork(name).remove()),
  };
}

/** How a container is attached to its network, as the engine's API takes it. */
export function endpointOf({ aliases = [] }: RunContainer): Docker.EndpointSettings {
  return { Aliases: [...aliases] };
}

/**
 * Attaches a container to the network of its name when that is not the one it was attached to: `docker network prune`
 * removes a network whose containers are all stopped, as they are after a reboot. What is in the container stays.
 */
export async function reattach(
  docker: Docker,
  action: RunContainer,
  { NetworkSettings }: Docker.ContainerInspectInfo,
): Promise<void> {
  const network = docker.getNetwork(action.network);
  const [endpoint, { Id }] = [NetworkSettings.Networks[action.network], await network.inspect()];
  if (endpoint?.NetworkID === Id) return;
  if (endpoint) await network.disconnect({ Container: action.name, Force: true });
  await network.connect({ Container: action.name, EndpointConfig: endpointOf(action) });
}
