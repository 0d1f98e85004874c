import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import type { EnterpriseSettings } from './settings.ts';

/** Databases have the same port here and inside. https://redis.io/docs/latest/operate/rs/networking/port-configurations/ */
const DATABASE_PORTS = { from: 10_000, to: 19_999, reserved: 10_050 };
/** The port of the quick start. */
const FIRST_TRIED = 12_000;
const ATTEMPTS = 20;

type PortOrAuto = number | 'auto';
type EnterpriseWish = Pick<EnterpriseSettings, 'image' | 'nodes'> & Record<'port' | 'apiPort' | 'uiPort', PortOrAuto>;

/** `auto` is the port of the first container, or a free one. Throws a Problem for settings that no cluster can have. */
export async function chooseEnterprise(
  { image, nodes, port, apiPort, uiPort }: EnterpriseWish,
  there: EnterpriseSettings | undefined,
  systems: Systems,
): Promise<EnterpriseSettings> {
  const given = (first: PortOrAuto, count = 1): number[] => (first === 'auto' ? [] : row(first, count));
  // The given ones first, so that no chosen port collides with them.
  const taken = [...given(port), ...given(apiPort, nodes), ...given(uiPort)];
  const choose = async (wanted: PortOrAuto, now: number | undefined, any: () => Promise<number>): Promise<number> => {
    if (wanted !== 'auto') return wanted;
    const chosen = now ?? (await any());
    taken.push(...row(chosen, nodes));
    return chosen;
  };
  const settings = {
    image,
    nodes,
    port: await choose(port, there?.port, () => freeDatabasePort(systems, taken)),
    apiPort: await choose(apiPort, there?.apiPort, () => freePorts(nodes, taken, systems)),
    uiPort: await choose(uiPort, there?.uiPort, () => freePorts(1, taken, systems)),
  };
  checkPorts(settings);
  return settings;
}

const row = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

export async function freeDatabasePort({ ports }: Systems, taken: readonly number[] = []): Promise<number> {
  for (let port = FIRST_TRIED; port <= DATABASE_PORTS.to; port++)
    if (!taken.includes(port) && (await ports.free(port))) return port;
  throw new Problem('port_taken', { message: 'No port from 12000 to 19999 is free.', hint: 'Free one of them.' });
}

/** Returns the first of `count` free ports in a row, none of them taken. */
export async function freePorts(count: number, taken: readonly number[], { ports }: Systems): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = await ports.find();
    const free = await Promise.all(
      row(first, count).map(async (port) => port <= 65_535 && !taken.includes(port) && ports.free(port)),
    );
    if (free.every(Boolean)) return first;
  }
  throw new Problem('port_taken', {
    message: `There are no ${String(count)} free ports in a row.`,
    hint: 'Choose them: redisdemo enterprise up --api-port 9443 --ui-port 8443',
  });
}

/** Throws a Problem for ports that no cluster can have. Call it before anything is created. */
export function checkPorts({ nodes, port, apiPort, uiPort }: EnterpriseSettings): void {
  const { from, to, reserved } = DATABASE_PORTS;
  if (port < from || port > to || port === reserved) {
    throw new Problem('bad_setting', {
      message: `The database cannot have port ${String(port)}: Redis Enterprise gives databases the ports from ${String(from)} to ${String(to)}, without ${String(reserved)}.`,
      hint: 'Choose one of those, or a free one: --port auto',
      details: { port, from, to, reserved },
    });
  }
  const owners = new Map<number, string>();
  for (const [owner, number] of [
    ['the database (--port)', port],
    ['the web interface (--ui-port)', uiPort],
    ...row(apiPort, nodes).map(
      (api, index) => [`the REST API of node ${String(index + 1)} (--api-port ${String(apiPort)})`, api] as const,
    ),
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
