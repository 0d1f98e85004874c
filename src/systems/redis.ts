import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Redis as Client } from 'ioredis';
import type { Connection } from '../connection.ts';
import { absent, failed, ok } from '../plan/answer.ts';
import type { Redis } from '../plan/systems.ts';
import { Problem } from '../problem.ts';
import { readSecret } from './secrets.ts';

const TIMEOUT_MS = 5000;

export function redisSystem(): Redis {
  return {
    call: async (connection, [name = '', ...args]) => {
      const client = await open(connection);
      // The events repeat what the call rejects with; without a listener the client prints them.
      let connectError: NodeJS.ErrnoException | undefined;
      client.on('error', (error: NodeJS.ErrnoException) => (connectError = error));
      try {
        await client.connect();
        return ok(await client.call(name, ...args));
      } catch (error) {
        const { code, message } = connectError ?? (error as NodeJS.ErrnoException);
        return code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? absent(message || code) : failed(message);
      } finally {
        client.disconnect();
      }
    },
  };
}

async function open(connection: Connection): Promise<Client> {
  const { host, port, user, password, tls } = connection;
  return new Client({
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password && { password: await readSecret(password) }),
    ...(tls && { tls: await tlsOptions(connection) }),
    lazyConnect: true,
    protocol: 2,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
  });
}

/** A server name is a name (RFC 6066, section 3): for an address the certificate is checked without one. */
async function tlsOptions({ host, serverName = host, caFile, ca }: Connection): Promise<ConnectionOptions> {
  const authority = caFile === undefined ? ca : await readAuthority(caFile);
  return {
    ...(isIP(serverName) === 0 && { servername: serverName }),
    ...(authority !== undefined && { ca: authority }),
  };
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Problem('bad_setting', {
      message: `The certificate authority cannot be read: ${(error as Error).message}`,
      hint: 'Give --redis-ca-file a PEM file that you may read.',
    });
  }
}
