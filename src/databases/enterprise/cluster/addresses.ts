/**
 * Nodes know each other by address, but Docker can assign new ones at each start: the others then cannot find the node.
 * redisdemo records the addresses and reports a change. https://redis.io/docs/latest/operate/rs/networking/cluster-dns/
 */
import * as v from 'valibot';
import type { Home } from '../../../home.ts';
import { NETWORK } from '../../../plan/shared-network.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { enterpriseUpLine, nodeName, type EnterpriseSettings } from '../settings.ts';

/** By container name. The id tells whether a container of that name is still the same node. */
const NODE_ADDRESSES = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.string(), v.object({ id: v.string(), address: v.string() })),
);
type NodeAddresses = v.InferOutput<typeof NODE_ADDRESSES>;
type NodeAddress = NodeAddresses[string];

export const addressesFile = (home: Home): string => home.record('enterprise-nodes');

/** Call when all nodes are members. */
export async function recordAddresses(nodes: number, home: Home, systems: Systems): Promise<void> {
  const found: Record<string, NodeAddress> = {};
  for (let node = 1; node <= nodes; node++) {
    const name = nodeName(node);
    const address = await currentAddress(name, systems);
    // An incomplete record would hide a change of address the next time.
    if (!address) return;
    found[name] = address;
  }
  await systems.files.writePrivate(addressesFile(home), JSON.stringify(found));
}

/** Throws a Problem when a running node has another address than the recorded one. */
export async function assertSameAddress(
  node: number,
  settings: EnterpriseSettings,
  home: Home,
  systems: Systems,
): Promise<void> {
  const name = nodeName(node);
  const before = (await recorded(home, systems))[name];
  const now = await currentAddress(name, systems);
  if (!now || before?.id !== now.id || before.address === now.address) return;
  const other = await systems.containers.withAddress(NETWORK, before.address);
  const owner = other.kind === 'ok' ? other.value : undefined;
  const names = Array.from({ length: settings.nodes }, (_, index) => nodeName(index + 1));
  const isStranger = owner !== undefined && !names.includes(owner);
  throw new Problem('address_changed', {
    message:
      `${name} has another address than before: it was ${before.address}${owner === undefined ? '' : `, which ${owner} has now`}, ` +
      `and is ${now.address}. The other nodes cannot find it there.`,
    hint:
      'Give the nodes their addresses back by starting them in order: ' +
      `docker stop ${[...(isStranger ? [owner] : []), ...names].join(' ')} && ${enterpriseUpLine(settings)}\n` +
      'Or start over without the data: redisdemo enterprise down',
    details: { node: name, was: before.address, is: now.address, owner: owner ?? null },
  });
}

/** An unreadable record counts as none. */
async function recorded(home: Home, { files }: Systems): Promise<NodeAddresses> {
  const read = v.safeParse(NODE_ADDRESSES, await files.readPrivate(addressesFile(home)));
  return read.success ? read.output : {};
}

async function currentAddress(name: string, systems: Systems): Promise<NodeAddress | undefined> {
  const state = await systems.containers.state(name);
  const address = await systems.containers.address({ container: name, network: NETWORK });
  if (state.kind !== 'ok' || address.kind !== 'ok' || address.value === '') return undefined;
  return { id: state.value.id, address: address.value };
}
