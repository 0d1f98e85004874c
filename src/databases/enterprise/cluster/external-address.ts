import { isIP } from 'node:net';
import type { Dns } from '../../../plan/systems.ts';

/**
 * What a cluster gives to clients as the addresses of its databases (external_addr): those of the URL of its REST API,
 * because that one leads to the node from here. A name that nobody knows here leads nowhere; then the node keeps its own
 * address.
 */
export async function externalAddresses(url: string, dns: Dns): Promise<readonly string[]> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [host];
  const found = await dns.lookup(host);
  if (found.kind !== 'ok') return [];
  const v4 = found.value.filter((address) => isIP(address) === 4);
  return v4.length > 0 ? v4 : found.value;
}
