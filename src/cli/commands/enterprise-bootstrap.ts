import { bootstrapSteps } from '../../databases/enterprise/bootstrap.ts';
import { pinOf } from '../../databases/enterprise/nodes.ts';
import type { Api } from '../../plan/call.ts';
import type { Plan } from '../../plan/plan.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import { clusterApi, trustNow } from '../cluster.ts';
import type { planSettings } from '../docker-options.ts';
import type { bootstrapSettings } from '../enterprise-options.ts';
import type { Invocation } from '../invocation.ts';
import type { Values } from '../options.ts';
import { make, scriptResult } from './plans.ts';

type BootstrapValues = Values<typeof bootstrapSettings & typeof planSettings>;

export async function enterpriseBootstrap(values: BootstrapValues, invocation: Invocation): Promise<void> {
  const { finish, places } = invocation;
  const api = await clusterApi(values, invocation);
  const { clusterName } = values;
  const pin = values.url === undefined ? pinOf(1, places.home) : undefined;
  const netrc = {
    title: 'write the password for curl',
    action: {
      kind: 'makeNetrc',
      file: api.netrcFile,
      machine: new URL(api.url).hostname,
      login: api.user,
      password: api.password,
    },
  } as const;
  const plan: Plan = {
    title: `A cluster at ${api.url}`,
    steps: [netrc, ...bootstrapSteps({ api, clusterName, pin })],
  };
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const created = await makeWithNewCertificate(plan, api, values, invocation);
  const isNew = created.some((title) => title.startsWith('create cluster'));
  finish({
    data: { url: api.url, clusterName, created: isNew },
    view: [line(isNew ? `The cluster ${clusterName} is ready.` : `${api.url} is a cluster of yours already.`, 'good')],
  });
}

/** A node makes itself another certificate when it becomes a cluster. A foreign one is shown again, once. */
async function makeWithNewCertificate(
  plan: Plan,
  api: Api,
  values: BootstrapValues,
  invocation: Invocation,
): Promise<readonly string[]> {
  const making = { explain: values.explain, undo: 'redisdemo enterprise down' };
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
