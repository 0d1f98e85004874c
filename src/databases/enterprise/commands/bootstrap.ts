import type { planSettings } from '../../../command/docker-options.ts';
import { openNewPassword } from '../../../command/given-file.ts';
import { noOtherPassword } from '../../../command/given-password.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { attemptToMake, make, scriptResult, within } from '../../../command/plans.ts';
import type { Values } from '../../../command/setting.ts';
import { passwordAction } from '../../../plan/action.ts';
import type { Api } from '../../../plan/call.ts';
import type { Plan, Step } from '../../../plan/plan.ts';
import { hasCreated, type Results } from '../../../plan/results.ts';
import { Problem } from '../../../problem.ts';
import { line } from '../../../report.ts';
import { bootstrapSteps, CREATE_CLUSTER } from '../cluster/bootstrap.ts';
import { externalAddresses } from '../cluster/external-address.ts';
import { pinOf } from '../cluster/nodes.ts';
import { successorOf } from '../cluster/successor.ts';
import { ADMIN, adminPassword } from '../settings.ts';
import { findCluster } from './cluster.ts';
import { bootstrapSettings } from './options.ts';
import { trustSuccessor } from './trust.ts';

type BootstrapValues = Values<typeof bootstrapSettings & typeof planSettings>;

export async function enterpriseBootstrap(values: BootstrapValues, invocation: Invocation): Promise<void> {
  const { systems, finish, places } = invocation;
  const { api, own } = await findCluster(values, invocation);
  const { clusterName } = values;
  const pin = own && pinOf(1, places.home);
  const plan = within(values.timeout, {
    title: `A cluster at ${api.url}`,
    steps: [
      ...(own ? await ownSteps(values, invocation) : []),
      ...(pin ? [{ id: 'pin-node-1', title: `pin the certificate of ${pin.content.container}`, action: pin }] : []),
      ...bootstrapSteps({
        api,
        clusterName,
        pin,
        addresses: pin ? ['127.0.0.1'] : await externalAddresses(api.url, systems.dns),
        successor: successorOf(api, systems),
      }),
    ],
  });
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const isNew = hasCreated(await makeWithNewCertificate(plan, api, values, invocation), CREATE_CLUSTER);
  const { trust } = api;
  finish({
    data: {
      url: api.url,
      clusterName,
      created: isNew,
      fingerprint: trust.kind === 'pinned' ? ((await systems.certificates.pinned(trust.file)) ?? null) : null,
    },
    view: [line(isNew ? `The cluster ${clusterName} is ready.` : `${api.url} is already your cluster.`, 'good')],
  });
}

/** The password of the cluster in containers: the given one, unless there is one already. */
async function ownSteps(values: BootstrapValues, { systems, places }: Invocation): Promise<Step[]> {
  const { username, passwordFile } = values;
  const { file } = adminPassword(places.home);
  if (username !== ADMIN) {
    throw new Problem('bad_usage', {
      message: `The administrator of our own cluster is ${ADMIN}.`,
      hint: 'Leave --username away, or name another cluster: --url https://host:9443',
    });
  }
  await openNewPassword(passwordFile, bootstrapSettings.passwordFile, { print: values.print, systems });
  await noOtherPassword({ file }, passwordFile, systems);
  return [
    {
      id: 'admin-password',
      title: 'make the password of the cluster',
      action: passwordAction(file, passwordFile),
    },
  ];
}

/** Continues once with the certificate that the node has made itself as a cluster. */
async function makeWithNewCertificate(
  plan: Plan,
  api: Api,
  values: BootstrapValues,
  invocation: Invocation,
): Promise<Results> {
  // At an address, nothing of redisdemo's is left but the certificate that a person trusted.
  const undo = values.url === undefined ? 'redisdemo enterprise down' : () => Promise.resolve(undefined);
  const making = { explain: values.explain, undo };
  const { results, failure } = await attemptToMake(plan, making, invocation);
  if (!failure) return results;
  const { error } = failure;
  if (!(error instanceof Problem) || error.code !== 'not_trusted') throw error;
  if (!(await trustSuccessor(api, values, invocation))) throw error;
  return [...results, ...(await make(plan, making, invocation))];
}
