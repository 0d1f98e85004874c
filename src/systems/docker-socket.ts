import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { findEndpoint, type Endpoint } from './docker-endpoint.ts';
import { noEngine } from './docker-errors.ts';

/**
 * The endpoint. Throws a Problem where its socket is not there or not ours to use: a machine without Docker hears that
 * before its client is loaded, which takes longer than all the rest of the start.
 */
export async function findSocket(env: NodeJS.ProcessEnv): Promise<Endpoint> {
  const endpoint = await findEndpoint(env);
  const { address } = endpoint;
  // A pipe of Windows is no file that could be looked at.
  if (address.kind === 'socket' && process.platform !== 'win32') {
    await access(address.path, constants.R_OK | constants.W_OK).catch((error: unknown) => {
      throw noEngine(endpoint, (error as NodeJS.ErrnoException).code ?? (error as Error).message);
    });
  }
  return endpoint;
}
