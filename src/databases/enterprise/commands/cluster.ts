/** Which cluster a command is for: the one in containers, or any other, whose certificate is trusted explicitly. */
import { findEnterprise } from '../cluster/nodes.ts';
import { ENTERPRISE_DEFAULTS, enterpriseUpLine, nodeApi, STAGE } from '../settings.ts';
import type { Api } from '../../../plan/call.ts';
import { Problem } from '../../../problem.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { clusterSettings, type ClusterValues } from './options.ts';
import { trustOf } from './trust.ts';
import { openPassword } from '../../../command/given-file.ts';
import type { Invocation } from '../../../command/invocation.ts';

export async function findCluster(values: ClusterValues, invocation: Invocation): Promise<Cluster> {
  const { systems, places } = invocation;
  if (values.url !== undefined) {
    return { api: await otherApi(values.url, values, invocation), name: nameOf(values.url) };
  }
  const found = await findEnterprise(systems);
  if (found?.running === true) {
    const { settings } = found;
    return { api: nodeApi(1, settings, places.home), name: STAGE, own: settings };
  }
  throw new Problem('not_running', {
    message: 'No Redis Enterprise of ours runs here.',
    hint: `Start it with: ${enterpriseUpLine(found?.settings ?? ENTERPRISE_DEFAULTS)}   Or name another cluster: --url https://host:9443`,
  });
}

/** With the port, so that it is not {@link STAGE}. */
function nameOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}_${port || '443'}`.replace(/[^\w.-]/g, '_');
}

async function otherApi(url: string, values: ClusterValues, invocation: Invocation): Promise<Api> {
  const { username, passwordFile } = values;
  if (passwordFile === undefined) {
    throw new Problem('bad_usage', {
      message: `The password of ${username} at ${url} is needed.`,
      hint: 'Give --password-file FILE; a password is never an argument.',
    });
  }
  await openPassword(passwordFile, clusterSettings.passwordFile, invocation);
  const { home } = invocation.places;
  const name = nameOf(url);
  const trust = await trustOf(url, values, { invocation, file: home.certificate(name) });
  return { url, user: username, password: { file: passwordFile }, trust };
}
