import { accessSync, constants } from 'node:fs';
import { findEndpoint, type Endpoint } from './endpoint.ts';
import { noEngine } from './errors.ts';

/**
 * Finds the endpoint. Throws a Problem when its socket does not exist or is not accessible, before the Docker client is
 * loaded: loading the client takes longer than the rest of the start.
 */
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
