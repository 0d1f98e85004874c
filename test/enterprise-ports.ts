/** Ports for a cluster of a test's own, as options of `enterprise up`. */
import { freePort } from './fakes/redis-server.ts';

/** https://redis.io/docs/latest/operate/rs/networking/port-configurations/ */
const DATABASE_PORTS = { from: 10_000, to: 19_999, reserved: 10_050 };

export interface EnterprisePorts {
  readonly port: number;
  readonly apiPort: number;
  readonly uiPort: number;
  readonly options: readonly string[];
}

/** Random ones: `auto` begins at 12000, where two files at once would meet. */
export async function enterprisePorts(): Promise<EnterprisePorts> {
  const [port, apiPort, uiPort] = await Promise.all([databasePort(), freePort(), freePort()]);
  const options = ['--port', String(port), '--api-port', String(apiPort), '--ui-port', String(uiPort)];
  return { port, apiPort, uiPort, options };
}

async function databasePort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port >= DATABASE_PORTS.from && port <= DATABASE_PORTS.to && port !== DATABASE_PORTS.reserved) return port;
  }
}
