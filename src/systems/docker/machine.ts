/** The engine's socket, and the machine on which it publishes ports. */
import { lookup } from 'node:dns/promises';
import { accessSync, constants } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { Problem } from '../../problem.ts';
import { findEndpoint, type Endpoint } from './endpoint.ts';
import { noEngine } from './errors.ts';

/**
 * undefined when this machine reaches the published ports: they are on 127.0.0.1 of the engine's machine. A socket's
 * engine is here, or in a virtual machine that forwards ports (Docker Desktop, Colima, Podman machine).
 */
export async function publishedElsewhere({ url, source, variable, address }: Endpoint): Promise<Problem | undefined> {
  if (address.kind === 'socket' || (await isThisMachine(address.host))) return undefined;
  const back = variable === undefined ? 'docker context use default' : `unset ${variable}`;
  return new Problem('docker_missing', {
    message:
      `The Docker engine at ${url} (from ${source}) is on another machine. It publishes the ports of its ` +
      `containers on its own 127.0.0.1, which this machine cannot reach.`,
    hint: `Use an engine on this machine: ${back}   Or run this command on ${address.host}.`,
    details: { url, source, host: address.host },
  });
}

async function isThisMachine(host: string): Promise<boolean> {
  const own = new Set(Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address)));
  const isOwn = (address: string): boolean => address.startsWith('127.') || address === '::1' || own.has(address);
  if (isOwn(host)) return true;
  // A name that only ~/.ssh/config knows is another machine's.
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.some(({ address }) => isOwn(address));
}

/** Throws a Problem for a missing or inaccessible socket before the Docker client is loaded, which is slow. */
export async function findSocket(env: NodeJS.ProcessEnv): Promise<Endpoint> {
  const endpoint = await findEndpoint(env);
  const { address } = endpoint;
  // A named pipe on Windows cannot be checked like a file.
  if (address.kind === 'socket' && process.platform !== 'win32') {
    try {
      accessSync(address.path, constants.R_OK | constants.W_OK);
    } catch (error) {
      throw noEngine(endpoint, (error as Error).message, (error as NodeJS.ErrnoException).code);
    }
  }
  return endpoint;
}
