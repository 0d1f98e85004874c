/** How the database of the cluster in containers is reached. */
import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import { assertPortsHere } from '../../plan/container-checks.ts';
import type { Systems } from '../../plan/systems.ts';
import { APP_USER } from './bdb/app-user.ts';
import type { Endpoint } from './bdb/endpoint.ts';
import { firstBdb } from './bdb/lookup.ts';
import { runningEnterprise } from './cluster/nodes.ts';
import { askOnce } from './rest/question.ts';
import { ALIAS, appPassword, BDB_NAME, bdbPassword, nodeApi, nodeName, type EnterpriseSettings } from './settings.ts';

/** From this machine. Throws a Problem when the cluster does not run. */
export async function enterpriseConnection(home: Home, systems: Systems): Promise<Connection> {
  const settings = await runningEnterprise(systems);
  await assertPortsHere(systems);
  return connectionOf(settings, home, systems);
}

/** From a container: inside Docker all nodes answer to one name. */
export async function enterpriseInside(home: Home, systems: Systems): Promise<Connection> {
  return { ...(await enterpriseConnection(home, systems)), host: ALIAS };
}

/** Through the port that the first container publishes. */
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
    ...(isApp ? { user: APP_USER, password: { file: appPassword(home) } } : { password: bdbPassword(home) }),
  };
}

/** Without the password of `app` there is no such user. With it the database knows; when it cannot be asked, there is. */
async function isOnlyForApp(settings: EnterpriseSettings, home: Home, systems: Systems): Promise<boolean> {
  if (!(await systems.files.exists(appPassword(home)))) return false;
  const isOpen = '.default_user == null or .default_user == true';
  const question = firstBdb(nodeApi(1, settings, home), { name: BDB_NAME }, isOpen);
  return (await askOnce(question, systems))?.kind !== 'ok';
}
