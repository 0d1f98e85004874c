import { isIP } from 'node:net';
import { command } from '../../../command/command-spec.ts';
import { planSettings } from '../../../command/docker-options.ts';
import { openNewPassword } from '../../../command/given-file.ts';
import { noOtherPassword } from '../../../command/given-password.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { attemptToMake, make, scriptResult, within } from '../../../command/plans.ts';
import type { Values } from '../../../command/setting.ts';
import type { Api } from '../../../plan/call.ts';
import type { Plan, Step } from '../../../plan/plan.ts';
import { hasCreated, type Results } from '../../../plan/results.ts';
import type { Dns } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { line } from '../../../report.ts';
import { bootstrapSteps, CREATE_CLUSTER } from '../cluster/bootstrap.ts';
import { pinNodeStep, pinOf } from '../cluster/nodes.ts';
import { successorOf } from '../cluster/successor.ts';
import { ADMIN, adminPassword, passwordStep } from '../settings.ts';
import { findCluster } from './cluster.ts';
import { bootstrapSettings } from './options.ts';
import { trustSuccessor } from './trust.ts';

type BootstrapValues = Values<typeof bootstrapSettings & typeof planSettings>;

export const bootstrap = command({
  description:
    'Makes a cluster of a fresh node: of our container, or of any address. A cluster that is being made is waited for, one that failed is begun again.',
  settings: { ...bootstrapSettings, ...planSettings },
  work: async (values, invocation) => {
    const { systems, finish, places } = invocation;
    const { api, own } = await findCluster(values, invocation);
    const { clusterName } = values;
    const { url, trust } = api;
    const pin = own && pinOf(1, places.home);
    const addresses = pin ? ['127.0.0.1'] : await externalAddresses(url, systems.dns);
    const plan = within(values.timeout, {
      title: `A cluster at ${url}`,
      steps: [
        ...(own ? [await passwordOfOwn(values, invocation), pinNodeStep(1, places.home)] : []),
        ...bootstrapSteps({ api, clusterName, pin, addresses, successor: successorOf(api, systems) }),
      ],
    });
    if (values.print) {
      finish(scriptResult(plan));
      return;
    }
    const created = hasCreated(await makeWithNewCertificate(plan, api, values, invocation), CREATE_CLUSTER);
    const fingerprint = trust.kind === 'pinned' ? ((await systems.certificates.pinned(trust.file)) ?? null) : null;
    finish({
      data: { url, clusterName, created, fingerprint },
      view: [line(created ? `The cluster ${clusterName} is ready.` : `${url} is already your cluster.`, 'good')],
    });
  },
});

/** The external_addr: the addresses of the URL, which lead to the node from here; empty when it does not resolve. */
async function externalAddresses(url: string, dns: Dns): Promise<readonly string[]> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [host];
  const found = await dns.lookup(host);
  if (found.kind !== 'ok') return [];
  const v4 = found.value.filter((address) => isIP(address) === 4);
  return v4.length > 0 ? v4 : found.value;
}

/** The given password is used only when there is none yet. */
async function passwordOfOwn(values: BootstrapValues, { systems, places }: Invocation): Promise<Step> {
  const { username, passwordFile } = values;
  const password = adminPassword(places.home);
  if (username !== ADMIN) {
    throw new Problem('bad_usage', {
      message: `The administrator of our own cluster is ${ADMIN}.`,
      hint: 'Leave --username away, or name another cluster: --url https://host:9443',
    });
  }
  await openNewPassword(passwordFile, bootstrapSettings.passwordFile, { print: values.print, systems });
  await noOtherPassword(password, passwordFile, systems);
  return passwordStep('admin-password', 'the cluster', password, passwordFile);
}

/** Continues once with the certificate that the node creates as a cluster. */
async function makeWithNewCertificate(
  plan: Plan,
  api: Api,
  values: BootstrapValues,
  invocation: Invocation,
): Promise<Results> {
  // Nothing to clean up at an address: only the certificate stays, which the user trusted.
  const undo = values.url === undefined ? 'redisdemo enterprise down' : () => Promise.resolve(undefined);
  const making = { explain: values.explain, undo };
  const { results, failure } = await attemptToMake(plan, making, invocation);
  if (!failure) return results;
  const { error } = failure;
  if (!(error instanceof Problem) || error.code !== 'not_trusted') throw error;
  if (!(await trustSuccessor(api, values, invocation))) throw error;
  return [...results, ...(await make(plan, making, invocation))];
}
