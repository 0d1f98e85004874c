import { BlockList, isIP } from 'node:net';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import type { CloudRunSettings } from '../service/settings.ts';

const LOOPBACK = listOf([
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
  ['::1', 128],
]);
/** https://www.iana.org/assignments/iana-ipv4-special-registry, and 100.64/10 of carriers. */
const PRIVATE = listOf([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['fc00::', 7],
  ['fe80::', 10],
]);

const CLOUD = 'Use a Redis that is reachable from the internet: --redis-host HOST';

/** Throws a Problem when Cloud Run cannot reach the Redis. Returns a note when that cannot be known from here. */
export async function checkAddress(
  { connection, network, subnet }: Pick<CloudRunSettings, 'connection' | 'network' | 'subnet'>,
  { dns }: Pick<Systems, 'dns'>,
): Promise<string | undefined> {
  if (!connection) return undefined;
  const { host } = connection;
  const addresses = await addressesOf(host, dns);
  if (addresses === undefined) {
    return `${host} could not be resolved from this machine. The service needs a name that Cloud Run can resolve.`;
  }
  const inNetwork = network !== undefined || subnet !== undefined;
  if (addresses.some((address) => within(LOOPBACK, address))) {
    throw unreachable(`${host} is this machine: on Cloud Run it would be the container itself.`, CLOUD);
  }
  if (inNetwork || !addresses.some((address) => within(PRIVATE, address))) return undefined;
  throw unreachable(
    `${host} is a private address, which Cloud Run cannot reach by itself.`,
    `If it is in a network of the project's: --network NAME --subnet NAME. ${CLOUD}`,
  );
}

function unreachable(message: string, hint: string): Problem {
  return new Problem('bad_setting', { message, hint });
}

async function addressesOf(host: string, dns: Systems['dns']): Promise<readonly string[] | undefined> {
  if (isIP(host) !== 0) return [host];
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1'];
  const found = await dns.lookup(host);
  return found.kind === 'ok' ? found.value : undefined;
}

function within(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function listOf(nets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

/** Throws a Problem. Shared VPC needs the full paths of both: https://cloud.google.com/run/docs/configuring/shared-vpc-direct-vpc */
export function checkNetwork({
  network,
  subnet,
  region,
}: Pick<CloudRunSettings, 'network' | 'subnet' | 'region'>): void {
  const [, networkHost] = /^projects\/([^/]+)\//.exec(network ?? '') ?? [];
  const [, subnetHost, subnetRegion] = /^projects\/([^/]+)\/regions\/([^/]+)\//.exec(subnet ?? '') ?? [];
  if (subnetRegion !== undefined && subnetRegion !== region) {
    throw new Problem('bad_setting', {
      message: `The subnet is in ${subnetRegion}, and the service would be in ${region}: they have to be in the same region.`,
      hint: `Give a subnet of ${region} with --subnet, or deploy with: --region ${subnetRegion}`,
    });
  }
  if (network === undefined || subnet === undefined || networkHost === subnetHost) return;
  throw new Problem('bad_setting', {
    message: 'The network and the subnet are of different projects.',
    hint: 'Give both with their full paths: --network projects/HOST/global/networks/NAME --subnet projects/HOST/regions/REGION/subnetworks/NAME',
  });
}
