/** From where this machine reaches a database of a cluster: through what our container publishes, or at its addresses. */
import { Problem } from '../../../problem.ts';
import type { Connection } from '../../../connection.ts';
import { portOf } from './lookup.ts';
import type { Reach } from './ready.ts';
import { ownReach } from '../enterprise.ts';
import { get } from '../rest/question.ts';
import type { Found } from '../rest/shapes.ts';
import { DATABASE, nodeName } from '../settings.ts';
import type { Home } from '../../../home.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { Secret } from '../../../secret.ts';
import type { Cluster } from '../commands/cluster.ts';

export interface Sought {
  readonly cluster: Cluster;
  readonly name: string;
  readonly port: number;
  readonly password: Secret;
  readonly tls: boolean;
}

/** undefined where nothing leads to it: in our own containers, a port that was not published at their start. */
export function reachOf(sought: Sought, home: Home): Reach | undefined {
  const { cluster, name, port, tls } = sought;
  const { own } = cluster;
  if (!own) return { connections: (found, systems) => connectionsTo(found, sought, { home, systems }) };
  if (port !== own.port) return undefined;
  if (name === DATABASE && !tls) return ownReach(own, home);
  return {
    connections: (found, systems) => connectionsTo(found, sought, { home, systems }),
    own: { container: nodeName(1), port, tls },
  };
}

/** A node of several has not every database: the addresses of its endpoints come after the one that we know. */
async function connectionsTo(
  found: Found,
  { cluster, password, tls, port: asked }: Sought,
  place: { readonly home: Home; readonly systems: Systems },
): Promise<readonly Connection[]> {
  const [endpoint] = found.endpoints ?? [];
  const hosts = new Set([new URL(cluster.api.url).hostname, ...(cluster.own ? [] : (endpoint?.addr ?? []))]);
  const certified = tls ? await certificateOf(cluster, place) : {};
  const serverName = tls ? (endpoint?.dns_name ?? undefined) : undefined;
  const common = { port: portOf(found) || asked, password, tls, ...certified, serverName };
  return [...hosts].map((host) => ({ host, ...common }));
}

/** Of all databases of a cluster; it says itself which. */
async function certificateOf(
  { api, name }: Cluster,
  { home, systems }: { readonly home: Home; readonly systems: Systems },
): Promise<{ readonly caFile?: string }> {
  const question = get(api, '/v1/cluster', '.proxy_certificate');
  const answer = await systems.calls.ask(question, new AbortController().signal);
  // A cluster that does not show it has one that the system trusts, or else the connection says that it is not trusted.
  if (answer.kind === 'absent') return {};
  if (answer.kind === 'failed')
    throw new Problem('system_failed', { message: `${api.url}/v1/cluster: ${answer.reason}` });
  const caFile = home.certificate(`${name}.databases`);
  await systems.certificates.pin(caFile, String(answer.value));
  return { caFile };
}
