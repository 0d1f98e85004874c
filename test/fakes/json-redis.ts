/**
 * A Redis with a JSON module for machines that have none: a proxy in front of a real `redis-server` that turns
 * JSON.SET and JSON.GET into SET and GET. What it believes of RedisJSON, and what it cannot show, is said in
 * json-commands.ts. Everything else passes byte for byte; each client has its own connection to the server, so AUTH,
 * SELECT and MULTI mean what they mean there. Not for MONITOR and SUBSCRIBE, which answer unasked.
 */
import { Redis } from 'ioredis';
import { translate } from './json-commands.ts';
import { startProxy } from './redis-proxy.ts';
import { freePort, startRedis, type RedisOptions, type RedisServer } from './redis-server.ts';

export interface JsonRedis extends RedisServer {
  /** The server behind: without JSON commands. */
  readonly server: RedisServer;
  /** The service's variables for it. */
  readonly env: Readonly<Record<string, string>>;
  /** Asks for the state afterwards, as the default user. Closed by stop(). */
  client(): Redis;
}

/** Starts both. `options.port` is the proxy's. */
export async function startJsonRedis(options: RedisOptions = {}): Promise<JsonRedis> {
  const { port = await freePort(), ...rest } = options;
  const server = await startRedis(rest);
  const clients: Redis[] = [];
  const listen = () => startProxy({ host: server.host, port, serverPort: server.port, translate });
  let proxy = await listen();
  const kill = async (): Promise<void> => {
    await Promise.all([server.kill(), proxy.close()]);
  };
  return {
    host: server.host,
    port,
    get pid() {
      return server.pid;
    },
    dir: server.dir,
    server,
    env: {
      REDISHOST: server.host,
      REDISPORT: String(port),
      ...(options.password !== undefined && { REDISPASS: options.password }),
    },
    kill,
    pause: () => {
      server.pause();
    },
    resume: () => {
      server.resume();
    },
    restart: async () => {
      await kill();
      await server.restart();
      proxy = await listen();
    },
    stop: async () => {
      for (const client of clients) client.disconnect();
      await proxy.close();
      await server.stop();
    },
    client: () => {
      const client = openClient(port, options.password);
      clients.push(client);
      return client;
    },
  };
}

function openClient(port: number, password: string | undefined): Redis {
  const client = new Redis({ host: '127.0.0.1', port, protocol: 2, ...(password !== undefined && { password }) });
  // A test takes the server away on purpose; the client connects again by itself.
  client.on('error', () => undefined);
  return client;
}
