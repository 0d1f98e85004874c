/** The shared network, and a container's attachment to it. */
import type Docker from 'dockerode';
import { labelsFor, SETTINGS_LABEL, type CreateNetwork, type RunContainer } from '../../plan/action.ts';
import { absent } from '../../plan/answer.ts';
import type { Performer } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { nameOf } from './containers.ts';
import type { Engine } from './errors.ts';
import { assertOurs, isOfHome, labelsOf } from './owner.ts';

export function networkPerformer({ docker, ask }: Engine): Performer<CreateNetwork> {
  const inspect = ({ name }: CreateNetwork) => ask(() => docker.getNetwork(name).inspect());
  return {
    exists: async (action) => {
      const network = await inspect(action);
      if (network.kind === 'ok') assertOurs(network.value, 'network', action.name, action.home);
      return network;
    },
    present: async (action) => {
      const { name, home } = action;
      const network = await inspect(action);
      if (network.kind !== 'ok') return network;
      if (!isOfHome(network.value, home)) return absent('it belongs to another state folder');
      assertOurs(network.value, 'network', name, home);
      const users = await ask(() => docker.listContainers({ all: true, filters: { network: [name] } }));
      if (users.kind !== 'ok') return users;
      // The network is removed with its last container. Its own list lacks stopped ones, which cannot start without it.
      if (users.value.some((user) => SETTINGS_LABEL in labelsOf(user))) return absent('still in use');
      const [stranger] = users.value;
      if (stranger) throw usedBySomebody(name, stranger);
      return network;
    },
    create: (action) =>
      ask(() => docker.createNetwork({ Name: action.name, Labels: labelsFor(action), CheckDuplicate: true })),
    remove: ({ name }) => ask(() => docker.getNetwork(name).remove()),
  };
}

function usedBySomebody(network: string, { Id, Names }: Docker.ContainerInfo): Problem {
  const name = nameOf(Names) ?? Id;
  return new Problem('foreign', {
    message: `The network ${network} was left alone: the container ${name}, which redisdemo did not create, is on it.`,
    hint: `Take it off the network, then run the same command again: docker network disconnect --force ${network} ${name}`,
  });
}

export function endpointOf({ aliases = [] }: RunContainer): Docker.EndpointSettings {
  return { Aliases: [...aliases] };
}

/**
 * Attaches a container again after its network was replaced: `docker network prune` removes a network whose containers
 * are all stopped, as after a reboot. The container keeps its content.
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
