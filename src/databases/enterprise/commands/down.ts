import type { ownerSettings, removeSettings } from '../../../command/docker-options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { finishRemoval, ofOwner, takeAway } from '../../../command/plans.ts';
import type { Values } from '../../../command/setting.ts';
import { Problem } from '../../../problem.ts';
import { findEnterprise } from '../cluster/nodes.ts';
import { enterprisePlan } from '../enterprise.ts';
import { enterpriseRemains } from '../remains.ts';
import { ENTERPRISE_DEFAULTS } from '../settings.ts';

/** With as many nodes as a cluster can have: nothing here tells how many another state folder created. */
const LARGEST = { ...ENTERPRISE_DEFAULTS, nodes: 9 };

export async function enterpriseDown(
  values: Values<typeof removeSettings & typeof ownerSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, confirm } = invocation;
  const exists = values.owner !== undefined || (await findEnterprise(systems)) !== undefined;
  if (exists && !values.yes && !(await confirm('This deletes the cluster and all its databases.', '--yes'))) {
    throw new Problem('declined', { message: 'Nothing was removed.' });
  }
  const plan =
    values.owner === undefined
      ? await enterpriseRemains(places.home, systems)
      : ofOwner(values.owner, enterprisePlan(LARGEST, places.home));
  finishRemoval(await takeAway(plan, { explain: values.explain, withData: true }, invocation), invocation);
}
