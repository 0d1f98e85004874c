import * as v from 'valibot';
import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import { assertPortsHere } from '../../plan/container-checks.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { APP_USER } from './bdb/app-user.ts';
import type { Endpoint } from './bdb/endpoint.ts';
import { firstBdb, portOf } from './bdb/lookup.ts';
import type { BdbSettings } from './bdb/settings.ts';
import { runningEnterprise } from './cluster/nodes.ts';
import { askOnce, get } from './rest/question.ts';
import type { Bdb } from './rest/shapes.ts';
import {
  appPassword,
  BDB_NAME,
  bdbPassword,
  nodeApi,
  nodeName,
  type Cluster,
  type EnterpriseSettings,
} from './settings.ts';

/** Throws a Problem when the cluster does not run. */
export async function enterpriseConnection(home: Home, systems: Systems): Promise<Connection> {
  const settings = await runningEnterprise(systems);
  await assertPortsHere(systems);
  return connectionOf(settings, home, systems);
}

export function publishedEndpoint(settings: EnterpriseSettings, home: Home): Endpoint {
  return {
    published: { container: nodeName(1), port: settings.port, tls: false },
    connections: async (_bdb, systems) => [await connectionOf(settings, home, systems)],
  };
}

async function connectionOf(settings: EnterpriseSettings, home: Home, systems: Systems): Promise<Connection> {
  const isApp = await isOnlyForApp(settings, home, systems);
  return {
    host: '127.0.0.1',
    port: settings.port,
    tls: false,
    ...(isApp ? { user: APP_USER, password: appPassword(home) } : { password: bdbPassword(home) }),
  };
}

/** True when the user `app` was created, unless the database says that its default user is still on. */
async function isOnlyForApp(settings: EnterpriseSettings, home: Home, systems: Systems): Promise<boolean> {
  if (!(await systems.files.exists(appPassword(home).file))) return false;
  const isOpen = '.default_user == null or .default_user == true';
  const question = firstBdb(nodeApi(1, settings, home), { name: BDB_NAME }, isOpen);
  return (await askOnce(question, systems))?.kind !== 'ok';
}

type ReachedBdb = Pick<BdbSettings, 'name' | 'port' | 'password' | 'tls'>;

/** undefined in redisdemo's containers for a port that was not published when they started. */
export function clusterEndpoint(cluster: Cluster, settings: ReachedBdb, home: Home): Endpoint | undefined {
  const { name, port, tls } = settings;
  const { own } = cluster;
  const connections: Endpoint['connections'] = async (bdb, systems) =>
    connectionsTo(bdb, cluster, { ...settings, ...(tls && (await certificateOf(cluster, home, systems))) });
  if (!own) return { connections };
  if (port !== own.port) return undefined;
  if (name === BDB_NAME && !tls) return publishedEndpoint(own, home);
  return { connections, published: { container: nodeName(1), port, tls } };
}

/** Not every node serves every database, so the addresses of its endpoints follow the known address. */
function connectionsTo(
  bdb: Bdb,
  { api, own }: Cluster,
  { password, tls, port, caFile }: ReachedBdb & { readonly caFile?: string },
): readonly Connection[] {
  const [endpoint] = bdb.endpoints ?? [];
  const hosts = new Set([new URL(api.url).hostname, ...(own ? [] : (endpoint?.addr ?? []))]);
  const serverName = tls ? (endpoint?.dns_name ?? undefined) : undefined;
  const common = { port: portOf(bdb) || port, password, tls, caFile, serverName };
  return [...hosts].map((host) => ({ host, ...common }));
}

async function certificateOf(
  { api, name }: Cluster,
  home: Home,
  systems: Systems,
): Promise<{ readonly caFile?: string }> {
  const question = get(api, '/v1/cluster', '.proxy_certificate', v.string());
  const answer = await systems.calls.ask(question, new AbortController().signal);
  // A cluster without one uses a certificate that the system trusts; otherwise the connection reports it as not trusted.
  if (answer.kind === 'absent') return {};
  if (answer.kind === 'failed')
    throw new Problem('system_failed', { message: `${api.url}/v1/cluster: ${answer.reason}` });
  const caFile = home.certificate(`${name}.databases`);
  await systems.certificates.pin(caFile, answer.value);
  return { caFile };
}
