import { command } from '../../../command/command-spec.ts';
import { openNewPassword } from '../../../command/given-file.ts';
import { noOtherPassword } from '../../../command/given-password.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { attemptToMake, scriptResult, within } from '../../../command/plans.ts';
import type { Values } from '../../../command/setting.ts';
import type { Connection } from '../../../connection.ts';
import type { Api } from '../../../plan/call.ts';
import type { Plan } from '../../../plan/plan.ts';
import { createdTitles, hasCreated, type Results } from '../../../plan/results.ts';
import { Problem, type ProblemCode } from '../../../problem.ts';
import { line, type Line } from '../../../report.ts';
import { proveModules } from '../../modules.ts';
import { connectionTo } from '../bdb/endpoint.ts';
import { bdbOf, isKnownToExist, portOf } from '../bdb/lookup.ts';
import { assertBdbName, type BdbSettings } from '../bdb/settings.ts';
import { BDB_PASSWORD, bdbPlan, CREATE_BDB } from '../bdb/steps.ts';
import { clusterEndpoint } from '../connection.ts';
import type { Bdb } from '../rest/shapes.ts';
import { ALIAS, BDB_NAME, bdbPassword, ENTERPRISE_DEFAULTS, type Cluster } from '../settings.ts';
import { bdbDetails } from './bdb.ts';
import { findCluster } from './cluster.ts';
import { databaseCreateSettings } from './options.ts';

export const create = command({
  description:
    'Creates a database with JSON and Search, with the Redis version and the modules that the cluster has. One that exists with other settings is left as it is.',
  settings: databaseCreateSettings,
  work: async (values, invocation, [name = BDB_NAME]) => {
    const { systems, finish, report } = invocation;
    const { print, timeout, databasePasswordFile: given } = values;
    const cluster = await findCluster(values, invocation);
    assertBdbName(name);
    const settings = settingsOf(name, cluster, values, invocation);
    const { password } = settings;
    await openNewPassword(given, databaseCreateSettings.databasePasswordFile, { print, systems });
    await noOtherPassword(password, given, systems);
    const plan = within(timeout, bdbPlan(cluster.api, settings, given));
    if (print) {
      finish(scriptResult(plan));
      return;
    }
    const results = await makeBdb(plan, settings, { api: cluster.api, explain: values.explain, invocation });
    const bdb = await bdbOf(cluster.api, { name }, invocation);
    const connection = await connectionTo(bdb, settings.endpoint, systems);
    if (connection && hasCreated(results, CREATE_BDB)) {
      const warning = await proveModules(connection, systems, invocation);
      if (warning !== undefined) report.say(warning, 'note');
    }
    const address = addressOf(bdb, connection);
    finish({
      data: { ...bdbDetails(bdb), ...address, passwordFile: password.file, created: createdTitles(results) },
      view: [...addressView(bdb.name ?? '', address), line(`Its password is in ${password.file}`)],
    });
  },
});

function settingsOf(
  name: string,
  cluster: Cluster,
  values: Values<typeof databaseCreateSettings>,
  { places: { home } }: Invocation,
): BdbSettings {
  const { memory, replication, persistence, eviction, tls } = values;
  const port = values.port ?? cluster.own?.port ?? ENTERPRISE_DEFAULTS.port;
  const password = bdbPassword(home, name, cluster.name);
  return {
    ...{ name, port, password, replication, persistence, eviction, tls },
    memoryBytes: memory,
    // This machine connects to the first node, whichever node has the shard.
    onAllNodes: replication || (cluster.own?.nodes ?? 1) > 1,
    own: cluster.own !== undefined,
    endpoint: clusterEndpoint(cluster, { name, port, password, tls }, home),
  };
}

const DIFFERENCES: ReadonlySet<ProblemCode> = new Set(['differs', 'password_differs']);

/** Deletes a generated password again when the existing database has another one. */
async function makeBdb(
  plan: Plan,
  { name, password }: BdbSettings,
  { api, explain, invocation }: { readonly api: Api; readonly explain: boolean; readonly invocation: Invocation },
): Promise<Results> {
  const { systems } = invocation;
  // Suggest deletion only for a database that was seen.
  const undo = async (results: Results): Promise<string | undefined> =>
    hasCreated(results, CREATE_BDB) && (await isKnownToExist(api, { name }, systems))
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

function addressView(name: string, { host, port, caFile, serverName }: ReturnType<typeof addressOf>): Line[] {
  if (host === null) {
    return [
      line(`The database ${name} is ready on port ${String(port)}, inside Docker only.`, 'good'),
      line(`Docker publishes no port after the start: beside it, it is ${ALIAS}:${String(port)}.`, 'note'),
    ];
  }
  return [
    line(`The database ${name} is ready at ${host}:${String(port)}.`, 'good'),
    ...(caFile === null ? [] : [line(`TLS: the certificate is in ${caFile}, its name is ${serverName ?? host}`)]),
  ];
}
