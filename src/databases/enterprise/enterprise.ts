/** The plan of the stage: Redis Enterprise (Redis Software) in containers. */
import { dirname, join } from 'node:path';
import type { Home } from '../../home.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import { sharedNetworkSteps } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import type { BdbSettings } from './bdb/settings.ts';
import { BDB_PASSWORD, bdbSteps } from './bdb/steps.ts';
import { addressesFile } from './cluster/addresses.ts';
import { bootstrapSteps } from './cluster/bootstrap.ts';
import { joinSteps } from './cluster/join.ts';
import { findEnterprise, nodeSteps, pinOf } from './cluster/nodes.ts';
import { publishedEndpoint } from './connection.ts';
import {
  adminPassword,
  appPassword,
  BDB_NAME,
  bdbPassword,
  CLUSTER_NAME,
  ENTERPRISE_DEFAULTS,
  nodeApi,
  passwordStep,
  STAGE,
  type EnterpriseSettings,
} from './settings.ts';

const MEMORY_BYTES = 100 * 1024 * 1024;

export function enterprisePlan(settings: EnterpriseSettings, home: Home): Plan {
  const { image, nodes } = settings;
  const api = nodeApi(1, settings, home);
  const all = Array.from({ length: nodes }, (_, index) => nodeSteps(index + 1, settings, home));
  return {
    title: `Redis Enterprise (${image}, ${String(nodes)} node${nodes === 1 ? '' : 's'})`,
    steps: [
      { id: 'pull', title: `pull ${image}`, action: { kind: 'pullImage', image } },
      ...sharedNetworkSteps(home),
      passwordStep('admin-password', 'the cluster', adminPassword(home)),
      passwordStep(BDB_PASSWORD, 'the database', bdbPassword(home)),
      ...all.flat(),
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
    ...{ name: BDB_NAME, port, password: bdbPassword(home), tls: false, own: true },
    ...{ memoryBytes: MEMORY_BYTES, persistence: 'aof', eviction: 'noeviction' },
    ...{ replication: nodes > 1, onAllNodes: nodes > 1 },
    endpoint: publishedEndpoint(settings, home),
  };
}

/** The data goes with the containers. */
export async function enterpriseRemains(home: Home, systems: Systems): Promise<Plan> {
  const found = await findEnterprise(systems);
  const plan = enterprisePlan(found?.settings ?? ENTERPRISE_DEFAULTS, home);
  const own = plan.steps.filter(({ action }) => action.kind !== 'resource');
  const planned = own.flatMap(({ action }) => (action.kind === 'file' ? [action.file] : []));
  const others = new Set([appPassword(home).file, addressesFile(home), ...(await clusterFiles(home, systems))]);
  for (const file of planned) others.delete(file);
  const files = [...others].map((file): Step => ({ id: file, title: '', action: { kind: 'file', file } }));
  return { ...plan, steps: [...files, ...own] };
}

/** Passwords and certificates of databases, including those that are not in the plan. */
async function clusterFiles(home: Home, systems: Systems): Promise<readonly string[]> {
  const folders = [dirname(appPassword(home).file), dirname(home.certificate(STAGE))];
  const found = await Promise.all(
    folders.map(async (folder) => (await systems.files.list(folder)).map((name) => ({ folder, name }))),
  );
  return found.flat().flatMap(({ folder, name }) => (name.startsWith(`${STAGE}.`) ? [join(folder, name)] : []));
}
