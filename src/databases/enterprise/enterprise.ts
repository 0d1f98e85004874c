/** Redis Enterprise (Redis Software) in containers: nodes, cluster, database, connection. */
import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { NETWORK } from '../stack.ts';
import { APP_USER, appUserSteps } from './app-user.ts';
import { bootstrapSteps } from './bootstrap.ts';
import { databaseSteps, type DatabaseSettings } from './database.ts';
import { joinSteps } from './join.ts';
import { findEnterprise, nodeSteps, pinOf } from './nodes.ts';
import {
  ADMIN,
  adminPassword,
  ALIAS,
  CLUSTER_NAME,
  DATABASE,
  databasePassword,
  nodeApi,
  type EnterpriseSettings,
} from './settings.ts';

const MEMORY_BYTES = 100 * 1024 * 1024;

/** Containers, bootstrap, database: the tutorial's three steps. */
export function enterprisePlan(settings: EnterpriseSettings, home: Home): Plan {
  const { image, nodes } = settings;
  const api = nodeApi(1, settings, home);
  const all = Array.from({ length: nodes }, (_, index) => index + 1);
  return {
    title: `Redis Enterprise (${image}, ${String(nodes)} node${nodes === 1 ? '' : 's'})`,
    steps: [
      { title: `pull ${image}`, action: { kind: 'pullImage', image } },
      { title: `create network ${NETWORK}`, action: { kind: 'createNetwork', name: NETWORK, stage: 'stack' } },
      ...secretSteps(home),
      ...all.flatMap((node) => nodeSteps(node, settings, home)),
      ...bootstrapSteps({ api, clusterName: CLUSTER_NAME, pin: pinOf(1, home) }),
      { title: 'pin the certificate of the cluster', action: pinOf(1, home) },
      ...joinSteps(settings, home),
      ...databaseSteps(api, ownDatabase(settings, home)),
    ],
  };
}

/** In our own containers the API asks for a password that we have made. */
function secretSteps(home: Home): Step[] {
  const password = adminPassword(home);
  return [
    { title: 'make the password of the cluster', action: { kind: 'makeSecret', file: password.file } },
    { title: 'make the password of the database', action: { kind: 'makeSecret', file: databasePassword(home).file } },
    {
      title: 'write the password for curl',
      action: {
        kind: 'makeNetrc',
        file: home.secret('enterprise-netrc'),
        machine: '127.0.0.1',
        login: ADMIN,
        password,
      },
    },
  ];
}

function ownDatabase({ port, nodes }: EnterpriseSettings, home: Home): DatabaseSettings {
  return {
    name: DATABASE,
    memoryBytes: MEMORY_BYTES,
    port,
    password: databasePassword(home),
    replication: nodes > 1,
    persistence: 'aof',
    eviction: 'noeviction',
    tls: false,
    onAllNodes: nodes > 1,
  };
}

/** For the service: a user that may do no more than it does. After it, the default user is shut out. */
export function appUserPlan(settings: EnterpriseSettings, home: Home): Plan {
  const password = { file: appPassword(home) };
  return {
    title: `The user ${APP_USER} of the database`,
    steps: [
      { title: `make the password of ${APP_USER}`, action: { kind: 'makeSecret', file: password.file } },
      ...appUserSteps(nodeApi(1, settings, home), { database: DATABASE, password }),
    ],
  };
}

const appPassword = (home: Home): string => home.secret('enterprise-app-password');

/** Everything that may be left of a cluster of ours. Its data goes with its containers. */
export function enterpriseRemains(settings: EnterpriseSettings, home: Home): Plan {
  const plan = enterprisePlan(settings, home);
  const own = plan.steps.filter(({ action }) => action.kind !== 'resource');
  return { ...plan, steps: [{ title: '', action: { kind: 'makeSecret', file: appPassword(home) } }, ...own] };
}

/** How to reach the database from this machine. Throws a Problem when the cluster does not run. */
export async function enterpriseConnection(home: Home, systems: Systems): Promise<Connection> {
  const there = await findEnterprise(systems);
  if (!there?.running) {
    throw new Problem('not_running', {
      message: 'Redis Enterprise does not run.',
      hint: 'Start it with: redisdemo enterprise up',
    });
  }
  return connectionOf(there.settings, home, systems);
}

/** Inside Docker all nodes answer to one name. */
export async function enterpriseInside(home: Home, systems: Systems): Promise<Connection> {
  return { ...(await enterpriseConnection(home, systems)), host: ALIAS };
}

async function connectionOf({ port }: EnterpriseSettings, home: Home, systems: Systems): Promise<Connection> {
  const app = await systems.files.exists(appPassword(home));
  return {
    host: '127.0.0.1',
    port,
    tls: false,
    ...(app ? { user: APP_USER, password: { file: appPassword(home) } } : { password: databasePassword(home) }),
  };
}
