import { bootstrapSteps } from '../../databases/enterprise/bootstrap.ts';
import { pinOf } from '../../databases/enterprise/nodes.ts';
import { ADMIN, adminPassword } from '../../databases/enterprise/settings.ts';
import type { Api } from '../../plan/call.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import { quote } from '../../plan/shell.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import { findCluster, netrcStep, trustNow } from '../cluster.ts';
import type { planSettings } from '../docker-options.ts';
import type { bootstrapSettings } from '../enterprise-options.ts';
import { noOtherPassword } from '../given-password.ts';
import type { Invocation } from '../invocation.ts';
import type { Values } from '../setting.ts';
import { make, scriptResult, within } from './plans.ts';

type BootstrapValues = Values<typeof bootstrapSettings & typeof planSettings>;

export async function enterpriseBootstrap(values: BootstrapValues, invocation: Invocation): Promise<void> {
  const { finish, places } = invocation;
  const { api, own } = await findCluster(values, invocation);
  const { clusterName } = values;
  const pin = own && pinOf(1, places.home);
  const plan: Plan = {
    title: `A cluster at ${api.url}`,
    steps: [
      ...(own ? await ownSteps(values, invocation) : []),
      netrcStep(api),
      ...(pin ? [{ title: `pin the certificate of ${pin.container}`, action: pin }] : []),
      ...bootstrapSteps({ api, clusterName, pin }),
    ],
  };
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const created = await makeWithNewCertificate(within(values.timeout, plan), api, values, invocation);
  const isNew = created.some((title) => title.startsWith('create cluster'));
  finish({
    data: { url: api.url, clusterName, created: isNew },
    view: [line(isNew ? `The cluster ${clusterName} is ready.` : `${api.url} is a cluster of yours already.`, 'good')],
  });
}

/** The password of our own cluster: the given one, unless there is one already. */
async function ownSteps(values: BootstrapValues, { systems, places }: Invocation): Promise<Step[]> {
  const { username, passwordFile } = values;
  const { file } = adminPassword(places.home);
  if (username !== ADMIN) {
    throw new Problem('bad_usage', {
      message: `The administrator of our own cluster is ${ADMIN}.`,
      hint: 'Leave --username away, or name another cluster: --url https://host:9443',
    });
  }
  await noOtherPassword({ file }, passwordFile, systems);
  return [{ title: 'make the password of the cluster', action: { kind: 'makeSecret', file, from: passwordFile } }];
}

/** A node makes itself another certificate when it becomes a cluster. A foreign one is shown again, once. */
async function makeWithNewCertificate(
  plan: Plan,
  api: Api,
  values: BootstrapValues,
  invocation: Invocation,
): Promise<readonly string[]> {
  const undo = values.url === undefined ? 'redisdemo enterprise down' : `rm ${quote(api.netrcFile)}`;
  const making = { explain: values.explain, undo };
  const created: string[] = [];
  try {
    return await make(plan, { ...making, created }, invocation);
  } catch (error) {
    const isOurDoing = created.some((title) => title.startsWith('create cluster'));
    const { trust } = api;
    if (!(error instanceof Problem) || error.code !== 'not_trusted' || !isOurDoing || trust.kind !== 'pinned')
      throw error;
    invocation.report.say('The node has become a cluster, and shows the certificate of the cluster now.', 'note');
    await trustNow(api.url, undefined, { invocation, file: trust.file });
    return [...created, ...(await make(plan, making, invocation))];
  }
}
