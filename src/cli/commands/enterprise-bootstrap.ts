import { isIP } from 'node:net';
import { bootstrapSteps } from '../../databases/enterprise/bootstrap.ts';
import { pinOf } from '../../databases/enterprise/nodes.ts';
import { ADMIN, adminPassword } from '../../databases/enterprise/settings.ts';
import type { Api } from '../../plan/call.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import { quote } from '../../plan/shell.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import { expectSuccessor, forgetSuccessor, findCluster, netrcStep, trustSuccessor } from '../cluster.ts';
import type { planSettings } from '../docker-options.ts';
import { bootstrapSettings } from '../enterprise-options.ts';
import { openNewPassword } from '../given-file.ts';
import { noOtherPassword } from '../given-password.ts';
import type { Invocation } from '../invocation.ts';
import type { Values } from '../setting.ts';
import { make, scriptResult, within } from './plans.ts';

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
      netrcStep(api),
      ...(pin ? [{ title: `pin the certificate of ${pin.container}`, action: pin }] : []),
      ...bootstrapSteps({
        api,
        clusterName,
        pin,
        addresses: pin ? ['127.0.0.1'] : await addressesOf(api.url, invocation),
        successor: {
          expect: () => expectSuccessor(api, invocation),
          forget: () => forgetSuccessor(api, invocation),
        },
      }),
    ],
  });
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const created = await makeWithNewCertificate(plan, api, values, invocation);
  const isNew = created.some((title) => title.startsWith('create cluster'));
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

/**
 * What the cluster gives to clients as the addresses of its databases: the address in --url, because that one leads to the
 * node from here. A name that nobody knows here leads nowhere; then the node keeps its own address.
 */
async function addressesOf(url: string, { systems }: Invocation): Promise<readonly string[]> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [host];
  const found = await systems.names.lookup(host);
  if (found.kind !== 'ok') return [];
  const old = found.value.filter((address) => isIP(address) === 4);
  return old.length > 0 ? old : found.value;
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
  await openNewPassword(passwordFile, bootstrapSettings.passwordFile, { print: values.print, systems });
  await noOtherPassword({ file }, passwordFile, systems);
  return [{ title: 'make the password of the cluster', action: { kind: 'makeSecret', file, from: passwordFile } }];
}

/** Continues once with the certificate that the node has made itself as a cluster. */
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
    if (!(error instanceof Problem) || error.code !== 'not_trusted') throw error;
    if (!(await trustSuccessor(api, values, invocation))) throw error;
    return [...created, ...(await make(plan, making, invocation))];
  }
}
