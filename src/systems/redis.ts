import { readFile } from 'node:fs/promises';
import { Redis as Client } from 'ioredis';
import type { Connection } from '../connection.ts';
import { absent, failed, ok } from '../plan/answer.ts';
import type { Redis } from '../plan/systems.ts';
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

async function open({ host, port, user, password, tls, caFile, serverName = host }: Connection): Promise<Client> {
  return new Client({
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password && { password: await readSecret(password) }),
    ...(tls && {
      tls: { servername: serverName, ...(caFile !== undefined && { ca: await readFile(caFile, 'utf8') }) },
    }),
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
