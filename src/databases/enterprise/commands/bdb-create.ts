import type { planSettings } from '../../../command/docker-options.ts';
import { openNewPassword } from '../../../command/given-file.ts';
import { noOtherPassword } from '../../../command/given-password.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { attemptToMake, scriptResult, within } from '../../../command/plans.ts';
import type { Values } from '../../../command/setting.ts';
import type { Connection } from '../../../connection.ts';
import type { Plan } from '../../../plan/plan.ts';
import { createdTitles, hasCreated, type Results } from '../../../plan/results.ts';
import { Problem, type ProblemCode } from '../../../problem.ts';
import { line, type Line } from '../../../report.ts';
import { proveModules } from '../../modules.ts';
import { clusterEndpoint } from '../bdb/cluster-endpoint.ts';
import { connectionTo } from '../bdb/endpoint.ts';
import { bdbOf, isKnownToExist, portOf } from '../bdb/lookup.ts';
import { BDB_PASSWORD, bdbPlan, type StoredBdbSettings } from '../bdb/plan.ts';
import { assertBdbName } from '../bdb/settings.ts';
import { CREATE_BDB } from '../bdb/steps.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Bdb } from '../rest/shapes.ts';
import { ALIAS, BDB_NAME, bdbPassword, ENTERPRISE_DEFAULTS } from '../settings.ts';
import { bdbDetails } from './bdb-view.ts';
import { findCluster } from './cluster.ts';
import { databaseCreateSettings } from './options.ts';

type CreateValues = Values<typeof databaseCreateSettings & typeof planSettings>;

export async function bdbCreate(name = BDB_NAME, values: CreateValues, invocation: Invocation): Promise<void> {
  const { systems, finish, report } = invocation;
  const { explain, print, timeout, databasePasswordFile } = values;
  const cluster = await findCluster(values, invocation);
  assertBdbName(name);
  const settings = settingsOf(name, cluster, values, invocation);
  await openNewPassword(databasePasswordFile, databaseCreateSettings.databasePasswordFile, { print, systems });
  await noOtherPassword(settings.password, databasePasswordFile, systems);
  const plan = within(timeout, bdbPlan(cluster.api, settings, databasePasswordFile));
  if (print) {
    finish(scriptResult(plan));
    return;
  }
  const results = await makeBdb(plan, settings, { cluster, explain, invocation });
  const bdb = await bdbOf(cluster.api, { name }, invocation);
  const connection = await connectionTo(bdb, settings.endpoint, systems);
  if (connection && hasCreated(results, CREATE_BDB)) {
    const warning = await proveModules(connection, systems, invocation);
    if (warning !== undefined) report.say(warning, 'note');
  }
  finish({
    data: {
      ...bdbDetails(bdb),
      ...addressOf(bdb, connection),
      passwordFile: settings.password.file,
      created: createdTitles(results),
    },
    view: [...addressView(bdb, connection), line(`Its password is in ${settings.password.file}`)],
  });
}

function settingsOf(
  name: string,
  cluster: Cluster,
  values: CreateValues,
  { places: { home } }: Invocation,
): StoredBdbSettings {
  const { memory, replication, persistence, eviction, tls } = values;
  const port = values.port ?? cluster.own?.port ?? ENTERPRISE_DEFAULTS.port;
  const password = bdbPassword(home, name, cluster.name);
  return {
    ...{ name, port, password, replication, persistence, eviction, tls },
    memoryBytes: memory,
    // What this machine reaches is the first node, wherever the shard is.
    onAllNodes: replication || (cluster.own?.nodes ?? 1) > 1,
    own: cluster.own !== undefined,
    endpoint: clusterEndpoint({ cluster, name, port, password, tls }, home),
  };
}

interface Creation {
  readonly cluster: Cluster;
  readonly explain: boolean;
  readonly invocation: Invocation;
}

/** The database exists, with other settings or with another password. */
const DIFFERENCES: ReadonlySet<ProblemCode> = new Set(['differs', 'password_differs']);

/** A password that was generated for a database which has another one already is no use to anybody. */
async function makeBdb(
  plan: Plan,
  { name, password }: StoredBdbSettings,
  { cluster, explain, invocation }: Creation,
): Promise<Results> {
  const { systems } = invocation;
  // Nothing is suggested for deletion that was not seen.
  const undo = async (results: Results): Promise<string | undefined> =>
    hasCreated(results, CREATE_BDB) && (await isKnownToExist(cluster.api, { name }, systems))
      ? `redisdemo enterprise database delete ${name}`
      : undefined;
  const { results, failure } = await attemptToMake(plan, { explain, undo }, invocation);
  if (!failure) return results;
  const isOther = failure.error instanceof Problem && DIFFERENCES.has(failure.error.code);
  const isOld = isOther && !hasCreated(results, CREATE_BDB);
  if (isOld && hasCreated(results, BDB_PASSWORD)) await systems.perform.remove({ kind: 'file', file: password.file });
  throw failure.error;
}

function addressOf(bdb: Bdb, connection: Connection | undefined) {
  const { host = null, port = portOf(bdb) || null, caFile = null, serverName = null } = connection ?? {};
  return { host, port, caFile, serverName };
}

function addressView(bdb: Bdb, connection: Connection | undefined): Line[] {
  const name = bdb.name ?? '';
  const port = String(addressOf(bdb, connection).port);
  if (!connection) {
    return [
      line(`The database ${name} is ready on port ${port}, inside Docker only.`, 'good'),
      line(`Docker publishes no port after the start: beside it, it is ${ALIAS}:${port}.`, 'note'),
    ];
  }
  const { host, caFile, serverName } = connection;
  return [
    line(`The database ${name} is ready at ${host}:${port}.`, 'good'),
    ...(caFile === undefined ? [] : [line(`TLS: the certificate is in ${caFile}, its name is ${serverName ?? host}`)]),
  ];
}
