/** The plan of the stage: Redis Enterprise (Redis Software) in containers, from the nodes to the database on their cluster. */
import type { Home } from '../../home.ts';
import type { Plan } from '../../plan/plan.ts';
import { sharedNetworkSteps } from '../../plan/shared-network.ts';
import { APP_USER, appUserSteps } from './bdb/app-user.ts';
import type { BdbSettings } from './bdb/settings.ts';
import { BDB_PASSWORD, bdbSteps } from './bdb/steps.ts';
import { bootstrapSteps } from './cluster/bootstrap.ts';
import { joinSteps } from './cluster/join.ts';
import { nodeSteps, pinOf } from './cluster/nodes.ts';
import { publishedEndpoint } from './connection.ts';
import {
  adminPassword,
  appPassword,
  BDB_NAME,
  bdbPassword,
  CLUSTER_NAME,
  nodeApi,
  passwordStep,
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
      passwordStep('admin-password', 'the cluster', adminPassword(home)),
      passwordStep(BDB_PASSWORD, 'the database', bdbPassword(home)),
      ...all.flatMap((node) => nodeSteps(node, settings, home)),
      ...bootstrapSteps({ api, clusterName: CLUSTER_NAME, addresses: ['127.0.0.1'], pin: pinOf(1, home) }),
      { id: 'pin-cluster', title: 'pin the certificate of the cluster', action: pinOf(1, home) },
      ...joinSteps(settings, home),
      ...bdbSteps(api, stageBdb(settings, home)),
    ],
  };
}

function stageBdb(settings: EnterpriseSettings, home: Home): BdbSettings {
  const { port, nodes } = settings;
  return {
    name: BDB_NAME,
    memoryBytes: MEMORY_BYTES,
    port,
    password: bdbPassword(home),
    replication: nodes > 1,
    persistence: 'aof',
    eviction: 'noeviction',
    tls: false,
    onAllNodes: nodes > 1,
    own: true,
    endpoint: publishedEndpoint(settings, home),
  };
}

/** A user for the service, with no more rights than it needs. From then on the default user is shut out. */
export function appUserPlan(settings: EnterpriseSettings, home: Home): Plan {
  const password = { file: appPassword(home) };
  return {
    title: `The user ${APP_USER} of the database`,
    steps: [
      passwordStep('app-password', APP_USER, password),
      ...appUserSteps(nodeApi(1, settings, home), {
        bdb: BDB_NAME,
        password,
        address: { host: '127.0.0.1', port: settings.port, tls: false },
      }),
    ],
  };
}
