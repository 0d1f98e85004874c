/** Ports of this machine that a cluster in containers publishes. */
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import type { EnterpriseSettings } from './settings.ts';

/**
 * A database has the same port in the containers as here, so that it must be one of those that the cluster gives to
 * databases. https://redis.io/docs/latest/operate/rs/networking/port-configurations/
 */
const DATABASE_PORTS = { from: 10_000, to: 19_999, reserved: 10_050 };
/** Where the search for a free one begins: the port of the quick start. */
const FIRST_TRIED = 12_000;
const ATTEMPTS = 20;

/** @param taken ports that something else here will have */
export async function freeDatabasePort({ ports }: Systems, taken: readonly number[] = []): Promise<number> {
  for (let port = FIRST_TRIED; port <= DATABASE_PORTS.to; port++)
    if (!taken.includes(port) && (await ports.free(port))) return port;
  throw new Problem('port_taken', { message: 'No port from 12000 to 19999 is free.', hint: 'Free one of them.' });
}

/** The first of so many free ports in a row, of which none is taken. */
export async function freePorts(count: number, taken: readonly number[], { ports }: Systems): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = await ports.find();
    const row = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(
      row.map(async (port) => port <= 65_535 && !taken.includes(port) && ports.free(port)),
    );
    if (free.every(Boolean)) return first;
  }
  throw new Problem('port_taken', {
    message: `There are no ${String(count)} free ports in a row.`,
    hint: 'Choose them: redisdemo enterprise up --api-port 9443 --ui-port 8443',
  });
}

/** Throws a Problem for ports that the cluster cannot have, whatever else runs here. Call it before anything is created. */
export function checkPorts({ nodes, port, apiPort, uiPort }: EnterpriseSettings): void {
  const { from, to, reserved } = DATABASE_PORTS;
  if (port < from || port > to || port === reserved) {
    throw new Problem('bad_setting', {
      message: `The database cannot have port ${String(port)}: Redis Enterprise gives databases the ports from ${String(from)} to ${String(to)}, without ${String(reserved)}.`,
      hint: 'Choose one of those, or a free one: --port auto',
      details: { port, from, to, reserved },
    });
  }
  const apis = Array.from({ length: nodes }, (_, index): readonly [string, number] => [
    `the REST API of node ${String(index + 1)} (--api-port ${String(apiPort)})`,
    apiPort + index,
  ]);
  const owners = new Map<number, string>();
  for (const [owner, number] of [
    ['the database (--port)', port],
    ['the web interface (--ui-port)', uiPort],
    ...apis,
  ] as const) {
    const other = owners.get(number);
    if (other !== undefined || number > 65_535) {
      throw new Problem('bad_setting', {
        message:
          other === undefined
            ? `Port ${String(number)} for ${owner} is out of range: the highest port is 65535.`
            : `Port ${String(number)} is for ${other} and for ${owner}. Nothing was created.`,
        hint: 'Choose other ports, or free ones: --port auto --api-port auto --ui-port auto',
        details: { port: number },
      });
    }
    owners.set(number, owner);
  }
}
