/** Which cluster a command is for: the one in redisdemo's containers, or another one whose certificate the user trusts. */
import { openPassword } from '../../../command/given-file.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { Problem } from '../../../problem.ts';
import { runningEnterprise } from '../cluster/nodes.ts';
import { nodeApi, STAGE, type Cluster } from '../settings.ts';
import { clusterSettings, type ClusterValues } from './options.ts';
import { trustOf } from './trust.ts';

export async function findCluster(values: ClusterValues, invocation: Invocation): Promise<Cluster> {
  const { systems, places } = invocation;
  const { url, username, passwordFile } = values;
  if (url === undefined) {
    const own = await runningEnterprise(
      systems,
      (start) => `${start}   Or name another cluster: --url https://host:9443`,
    );
    return { api: nodeApi(1, own, places.home), name: STAGE, own };
  }
  if (passwordFile === undefined) {
    throw new Problem('bad_usage', {
      message: `The password of ${username} at ${url} is needed.`,
      hint: 'Give --password-file FILE; a password is never an argument.',
    });
  }
  await openPassword(passwordFile, clusterSettings.passwordFile, invocation);
  const name = nameOf(url);
  const trust = await trustOf(url, values, { invocation, file: places.home.certificate(name) });
  return { api: { url, user: username, password: { file: passwordFile }, trust }, name };
}

/** With the port, so that it differs from {@link STAGE}. */
function nameOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}_${port || '443'}`.replace(/[^\w.-]/g, '_');
}
