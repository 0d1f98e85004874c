import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Every address of this machine, IPv6 first: `::` takes IPv4 too. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['::', '0.0.0.0']);

/**
 * The addresses, as they stand in a URL, by which other machines reach a server.
 * @param bound the address of its socket: a host such as `0` or `::0` means every address too
 */
export function reachableFromOutside(bound: string): string[] {
  if (!EVERY_ADDRESS.has(bound)) return [];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return addresses
    .filter(({ internal, address }) => !internal && (isIPv4(address) || (bound === '::' && !isLinkLocal(address))))
    .map(({ address }) => (isIPv4(address) ? address : `[${address}]`));
}

/** They need the name of an interface, which differs from machine to machine. */
function isLinkLocal(address: string): boolean {
  return address.startsWith('fe80:');
}
