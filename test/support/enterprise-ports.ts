/** Ports for a cluster of a test's own, as options of `enterprise up`. */
import { freePort } from '../fakes/redis-server.ts';

/**
 * Of those from 10000 to 19999, the ones that no other test takes: `auto` begins at 12000.
 * https://redis.io/docs/latest/operate/rs/networking/port-configurations/
 */
const DATABASE_PORTS = { from: 13_000, to: 14_999 };

interface EnterprisePorts {
  readonly port: number;
  readonly apiPort: number;
  readonly uiPort: number;
  readonly options: readonly string[];
}

export async function enterprisePorts(): Promise<EnterprisePorts> {
  const [port, apiPort, uiPort] = await Promise.all([freePort(DATABASE_PORTS), freePort(), freePort()]);
  const options = ['--port', String(port), '--api-port', String(apiPort), '--ui-port', String(uiPort)];
  return { port, apiPort, uiPort, options };
}
