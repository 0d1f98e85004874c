/** The service on a target, against a database: which plan that is, and the smoke test that proves it. */
import { join } from 'node:path';
import type { Connection } from './connection.ts';
import type { Home } from './home.ts';
import type { Plan } from './plan/plan.ts';
import type { Systems } from './plan/systems.ts';
import { Problem } from './problem.ts';

export const DATABASES = ['memory', 'stack', 'enterprise', 'url'] as const;
export const TARGETS = ['local', 'container'] as const;
export type DatabaseName = (typeof DATABASES)[number];
export type TargetName = (typeof TARGETS)[number];

export interface DeploySettings {
  readonly database: DatabaseName;
  readonly target: TargetName;
  readonly port: number;
  /** For the database `url`. */
  readonly connection: Connection | undefined;
  /** With what a deployment with other settings can have created. */
  readonly everything?: true;
}

/** Where things are that the plans are made of. */
export interface Places {
  readonly home: Home;
  /** dist/: the built project. */
  readonly built: string;
  readonly version: string;
}

/** Imported on demand, so that a command does not load a database it does not use. */
const loadStack = () => import('./databases/stack/stack.ts');
const loadEnterprise = () => import('./databases/enterprise/connection.ts');

export const serviceFile = (built: string): string => join(built, 'service', 'server.js');

export interface Deployment {
  readonly plan: Plan;
  readonly url: string;
  /** As this machine reaches the database. */
  readonly connection: Connection | undefined;
}

export async function deployment(settings: DeploySettings, places: Places, systems: Systems): Promise<Deployment> {
  const connection = await databaseConnection(settings, places, systems);
  const url = `http://127.0.0.1:${String(settings.port)}`;
  const plan = await TARGET_PLANS[settings.target](settings, connection, places, systems);
  return { plan, url, connection };
}

type DatabaseSettings = Pick<DeploySettings, 'database' | 'connection'>;
type StoredSettings = DatabaseSettings & { readonly database: Exclude<DatabaseName, 'memory'> };

/** As this machine reaches it; undefined for `memory`. */
export function databaseConnection(settings: StoredSettings, places: Places, systems: Systems): Promise<Connection>;
export function databaseConnection(
  settings: DatabaseSettings,
  places: Places,
  systems: Systems,
): Promise<Connection | undefined>;
export function databaseConnection(
  settings: DatabaseSettings,
  places: Places,
  systems: Systems,
): Promise<Connection | undefined> {
  return DATABASE_CONNECTIONS[settings.database](settings, places, systems);
}

type ConnectionOf = (settings: DatabaseSettings, places: Places, systems: Systems) => Promise<Connection | undefined>;

const DATABASE_CONNECTIONS: Readonly<Record<DatabaseName, ConnectionOf>> = {
  memory: () => Promise.resolve(undefined),
  stack: async (_settings, { home }, systems) => (await loadStack()).stackConnection(home, systems),
  enterprise: async (_settings, { home }, systems) => (await loadEnterprise()).enterpriseConnection(home, systems),
  url: ({ connection }) =>
    connection
      ? Promise.resolve(connection)
      : Promise.reject(
          new Problem('bad_usage', {
            message: 'The database "url" needs the address of a Redis.',
            hint: 'Give --redis-host (or set REDISHOST), and REDISPORT and REDISPASS as needed.',
          }),
        ),
};

type PlanOf = (
  settings: DeploySettings,
  connection: Connection | undefined,
  places: Places,
  systems: Systems,
) => Promise<Plan>;

const TARGET_PLANS: Readonly<Record<TargetName, PlanOf>> = {
  local: async ({ port }, connection, { built, home }) => {
    const { localPlan } = await import('./targets/local/local.ts');
    return localPlan({ file: serviceFile(built), port, connection }, home);
  },
  container: async (settings, connection, places, systems) => {
    const [{ serviceImage }, { containerPlan }, { NETWORK }] = await Promise.all([
      import('./image.ts'),
      import('./targets/container/container.ts'),
      loadStack(),
    ]);
    const image = await serviceImage(places.built, places.version);
    const inside = await INSIDE_DOCKER[settings.database](connection, places, systems);
    const service = containerPlan(
      { ...settings, image: image.name, network: NETWORK, connection: inside },
      places.home,
    );
    return { ...service, steps: [...image.plan.steps, ...service.steps] };
  },
};

type InsideOf = (
  connection: Connection | undefined,
  places: Places,
  systems: Systems,
) => Promise<Connection | undefined>;

/** The same database as a container reaches it. */
const INSIDE_DOCKER: Readonly<Record<DatabaseName, InsideOf>> = {
  memory: () => Promise.resolve(undefined),
  stack: async (_connection, { home }, systems) => (await loadStack()).stackInside(home, systems),
  enterprise: async (_connection, { home }, systems) => (await loadEnterprise()).enterpriseInside(home, systems),
  url: (connection) => Promise.resolve(connection && urlInside(connection)),
};

function urlInside(connection: Connection): Connection {
  if (/^(?:localhost|127\..*|::1|0\.0\.0\.0)$/.test(connection.host)) {
    throw new Problem('bad_setting', {
      message: `${connection.host} is this machine: a container that asks for it reaches itself.`,
      hint: 'Give an address that containers reach too, or run the service here: redisdemo deploy local --db url',
    });
  }
  return connection;
}
