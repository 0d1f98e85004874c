import { dirname, join } from 'node:path';
import type { Home } from '../../home.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import type { Systems } from '../../plan/systems.ts';
import { addressesFile } from './cluster/addresses.ts';
import { findEnterprise } from './cluster/nodes.ts';
import { enterprisePlan } from './enterprise.ts';
import { appPassword, ENTERPRISE_DEFAULTS, STAGE } from './settings.ts';

/** Everything that can be left of a cluster in containers. Its data goes with its containers. */
export async function enterpriseRemains(home: Home, systems: Systems): Promise<Plan> {
  const found = await findEnterprise(systems);
  const plan = enterprisePlan(found?.settings ?? ENTERPRISE_DEFAULTS, home);
  const own = plan.steps.filter(({ action }) => action.kind !== 'resource');
  const planned = own.flatMap(({ action }) => (action.kind === 'file' ? [action.file] : []));
  const others = new Set([appPassword(home), addressesFile(home), ...(await clusterFiles(home, systems))]);
  for (const file of planned) others.delete(file);
  const files = [...others].map((file): Step => ({ id: file, title: '', action: { kind: 'file', file } }));
  return { ...plan, steps: [...files, ...own] };
}

/** Passwords and certificates of databases, also of those that are not in the plan. */
async function clusterFiles(home: Home, systems: Systems): Promise<readonly string[]> {
  const folders = [dirname(appPassword(home)), dirname(home.certificate(STAGE))];
  const found = await Promise.all(
    folders.map(async (folder) => (await systems.files.list(folder)).map((name) => ({ folder, name }))),
  );
  return found.flat().flatMap(({ folder, name }) => (name.startsWith(`${STAGE}.`) ? [join(folder, name)] : []));
}
