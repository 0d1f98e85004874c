/** Redis Enterprise (Redis Software) in containers: nodes, cluster, database, connection. */
import { passwordAction } from '../../plan/action.ts';
import { dirname, join } from 'node:path';
import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import { assertPortsHere } from '../../plan/container-checks.ts';
import { sharedNetworkSteps } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { placesFile } from './cluster/addresses.ts';
import { APP_USER, appUserSteps } from './bdb/app-user.ts';
import { bootstrapSteps } from './cluster/bootstrap.ts';
import type { DatabaseSettings } from './bdb/database-settings.ts';
import { databaseSteps } from './bdb/steps.ts';
import type { Reach } from './bdb/ready.ts';
import { joinSteps } from './cluster/join.ts';
import { findEnterprise, nodeSteps, pinOf } from './cluster/nodes.ts';
import { get } from './rest/question.ts';
import {
  adminPassword,
  ALIAS,
  CLUSTER_NAME,
  DATABASE,
  databasePassword,
  ENTERPRISE_DEFAULTS,
  enterpriseUpLine,
  nodeApi,
  nodeName,
  STAGE,
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
      { id: 'pull', title: `pull ${image}`, action: { kind: 'pullImage', image } },
      ...sharedNetworkSteps(home),
      ...secretSteps(home),
      ...all.flatMap((node) => nodeSteps(node, settings, home)),
      ...bootstrapSteps({ api, clusterName: CLUSTER_NAME, addresses: ['127.0.0.1'], pin: pinOf(1, home) }),
      { id: 'pin-cluster', title: 'pin the certificate of the cluster', action: pinOf(1, home) },
      ...joinSteps(settings, home),
      ...databaseSteps(api, ownDatabase(settings, home)),
    ],
  };
}

/** In our own containers the API asks for a password that we have made. */
function secretSteps(home: Home): Step[] {
  const password = adminPassword(home);
  return [
    {
      id: 'admin-password',
      title: 'make the password of the cluster',
      action: passwordAction(password.file),
    },
    {
      id: 'database-password',
      title: 'make the password of the database',
      action: passwordAction(databasePassword(home).file),
    },
  ];
}

function ownDatabase(settings: EnterpriseSettings, home: Home): DatabaseSettings {
  const { port, nodes } = settings;
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
    own: true,
    reach: ownReach(settings, home),
  };
}

/** Through the port that the first container publishes. */
export function ownReach(settings: EnterpriseSettings, home: Home): Reach {
  return {
    own: { container: nodeName(1), port: settings.port, tls: false },
    connections: async (_found, systems) => [await connectionOf(settings, home, systems)],
  };
}

/** For the service: a user that may do no more than it does. After it, the default user is shut out. */
export function appUserPlan(settings: EnterpriseSettings, home: Home): Plan {
  const password = { file: appPassword(home) };
  return {
    title: `The user ${APP_USER} of the database`,
    steps: [
      {
        id: 'app-password',
        title: `make the password of ${APP_USER}`,
        action: passwordAction(password.file),
      },
      ...appUserSteps(nodeApi(1, settings, home), {
        database: DATABASE,
        password,
        address: { host: '127.0.0.1', port: settings.port, tls: false },
      }),
    ],
  };
}

const appPassword = (home: Home): string => home.secret('enterprise-app-password');

/** Everything that may be left of a cluster of ours. Its data goes with its containers. */
export async function enterpriseRemains(home: Home, systems: Systems): Promise<Plan> {
  const there = await findEnterprise(systems);
  const plan = enterprisePlan(there?.settings ?? ENTERPRISE_DEFAULTS, home);
  const own = plan.steps.filter(({ action }) => action.kind !== 'resource');
  const names = (await systems.files.list(dirname(appPassword(home)))).filter((name) => name.startsWith(`${STAGE}.`));
  const certificates = dirname(home.certificate(STAGE));
  const pinned = (await systems.files.list(certificates)).filter((name) => name.startsWith(`${STAGE}.`));
  const files = new Set([
    appPassword(home),
    placesFile(home),
    ...names.map((name) => home.secret(name)),
    ...pinned.map((name) => join(certificates, name)),
  ]);
  for (const { action } of own) if (action.kind === 'file') files.delete(action.file);
  const passwords = [...files].map((file): Step => ({ id: file, title: '', action: { kind: 'file', file } }));
  return { ...plan, steps: [...passwords, ...own] };
}

/** How to reach the database from this machine. Throws a Problem when the cluster does not run. */
export async function enterpriseConnection(home: Home, systems: Systems): Promise<Connection> {
  const there = await findEnterprise(systems);
  if (!there?.running) {
    throw new Problem('not_running', {
      message: 'Redis Enterprise does not run.',
      hint: `Start it with: ${enterpriseUpLine(there?.settings ?? ENTERPRISE_DEFAULTS)}`,
    });
  }
  await assertPortsHere(systems);
  return connectionOf(there.settings, home, systems);
}

/** Inside Docker all nodes answer to one name. */
export async function enterpriseInside(home: Home, systems: Systems): Promise<Connection> {
  return { ...(await enterpriseConnection(home, systems)), host: ALIAS };
}

async function connectionOf(settings: EnterpriseSettings, home: Home, systems: Systems): Promise<Connection> {
  const isApp = await onlyAppMayEnter(settings, home, systems);
  return {
    host: '127.0.0.1',
    port: settings.port,
    tls: false,
    ...(isApp ? { user: APP_USER, password: { file: appPassword(home) } } : { password: databasePassword(home) }),
  };
}

/** Without its password there is no such user. With it, the database knows; when it cannot be asked, there is. */
async function onlyAppMayEnter(settings: EnterpriseSettings, home: Home, { files, calls }: Systems): Promise<boolean> {
  if (!(await files.exists(appPassword(home)))) return false;
  const isOpen = get(
    nodeApi(1, settings, home),
    '/v1/bdbs',
    `.[] | select(.name == ${JSON.stringify(DATABASE)}) | select(.default_user == null or .default_user == true)`,
  );
  const answer = await calls.ask(isOpen, new AbortController().signal).catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
  return answer?.kind !== 'ok';
}
