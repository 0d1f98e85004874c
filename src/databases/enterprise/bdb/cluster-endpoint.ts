/** Where this machine reaches a database of a cluster: through what a container publishes, or at the cluster's addresses. */
import * as v from 'valibot';
import type { Connection } from '../../../connection.ts';
import type { Home } from '../../../home.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import type { Secret } from '../../../secret.ts';
import { publishedEndpoint } from '../connection.ts';
import { get } from '../rest/question.ts';
import type { Bdb } from '../rest/shapes.ts';
import { BDB_NAME, nodeName, type Cluster } from '../settings.ts';
import type { Endpoint } from './endpoint.ts';
import { portOf } from './lookup.ts';

interface EndpointSettings {
  readonly cluster: Cluster;
  readonly name: string;
  readonly port: number;
  readonly password: Secret;
  readonly tls: boolean;
}

/** undefined where nothing leads to it: in redisdemo's containers, a port that was not published at their start. */
export function clusterEndpoint(settings: EndpointSettings, home: Home): Endpoint | undefined {
  const { cluster, name, port, tls } = settings;
  const { own } = cluster;
  const connections: Endpoint['connections'] = (bdb, systems) => connectionsTo(bdb, settings, { home, systems });
  if (!own) return { connections };
  if (port !== own.port) return undefined;
  if (name === BDB_NAME && !tls) return publishedEndpoint(own, home);
  return { connections, published: { container: nodeName(1), port, tls } };
}

/** A node of several has not every database: the addresses of its endpoints come after the one that is known. */
async function connectionsTo(
  bdb: Bdb,
  { cluster, password, tls, port: asked }: EndpointSettings,
  place: { readonly home: Home; readonly systems: Systems },
): Promise<readonly Connection[]> {
  const [endpoint] = bdb.endpoints ?? [];
  const hosts = new Set([new URL(cluster.api.url).hostname, ...(cluster.own ? [] : (endpoint?.addr ?? []))]);
  const certified = tls ? await certificateOf(cluster, place) : {};
  const serverName = tls ? (endpoint?.dns_name ?? undefined) : undefined;
  const common = { port: portOf(bdb) || asked, password, tls, ...certified, serverName };
  return [...hosts].map((host) => ({ host, ...common }));
}

/** Of all databases of a cluster, as the cluster itself shows it. */
async function certificateOf(
  { api, name }: Cluster,
  { home, systems }: { readonly home: Home; readonly systems: Systems },
): Promise<{ readonly caFile?: string }> {
  const question = get(api, '/v1/cluster', '.proxy_certificate', v.string());
  const answer = await systems.calls.ask(question, new AbortController().signal);
  // A cluster that does not show it has one that the system trusts, or else the connection says that it is not trusted.
  if (answer.kind === 'absent') return {};
  if (answer.kind === 'failed')
    throw new Problem('system_failed', { message: `${api.url}/v1/cluster: ${answer.reason}` });
  const caFile = home.certificate(`${name}.databases`);
  await systems.certificates.pin(caFile, answer.value);
  return { caFile };
}
