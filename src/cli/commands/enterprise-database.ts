import type { Connection } from '../../connection.ts';
import { databaseSteps, type DatabaseSettings } from '../../databases/enterprise/database.ts';
import { firstReached } from '../../databases/enterprise/database-ready.ts';
import { deleteDatabase } from '../../databases/enterprise/delete-database.ts';
import { databaseNamed, portOf, type Found } from '../../databases/enterprise/existing.ts';
import { DATABASE, databasePassword, ENTERPRISE_DEFAULTS } from '../../databases/enterprise/settings.ts';
import { proveModules } from '../../databases/stack.ts';
import type { Api } from '../../plan/call.ts';
import type { Plan } from '../../plan/plan.ts';
import { Problem } from '../../problem.ts';
import { line, type Line, type Table } from '../../report.ts';
import { clusterApi, findCluster, netrcStep, type Cluster, type ClusterValues } from '../cluster.ts';
import { reachOf } from '../cluster-reach.ts';
import type { planSettings, removeSettings } from '../docker-options.ts';
import type { databaseCreateSettings } from '../enterprise-options.ts';
import { noOtherPassword } from '../given-password.ts';
import type { Invocation } from '../invocation.ts';
import type { Values } from '../setting.ts';
import { make, scriptResult, within } from './plans.ts';

type CreateValues = Values<typeof databaseCreateSettings & typeof planSettings>;

export async function databaseCreate(name = DATABASE, values: CreateValues, invocation: Invocation): Promise<void> {
  const { systems, finish, report } = invocation;
  const cluster = await findCluster(values, invocation);
  const settings = settingsOf(checkedName(name), cluster, values, invocation);
  await noOtherPassword(settings.password, values.databasePasswordFile, systems);
  const plan = planOf(settings, cluster, values);
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const created = await makeDatabase(within(values.timeout, plan), settings, values, invocation);
  const found = await databaseOf(cluster.api, name, invocation);
  const connection = await connectionTo(found, settings, invocation);
  if (connection && created.some((title) => title.startsWith('create database'))) {
    const warning = await proveModules(connection, systems, invocation);
    if (warning !== undefined) report.say(warning, 'note');
  }
  finish({
    data: { ...shown(found), ...placeOf(connection), passwordFile: settings.password.file, created },
    view: [...placeView(found, connection), line(`Its password is in ${settings.password.file}`)],
  });
}

/** A password that was generated for a database which has another one already is no use to anybody. */
async function makeDatabase(
  plan: Plan,
  { name, password }: Settings,
  { explain }: CreateValues,
  invocation: Invocation,
): Promise<readonly string[]> {
  const undo = `redisdemo enterprise database delete ${name}`;
  const created: string[] = [];
  try {
    return await make(plan, { explain, undo, created }, invocation);
  } catch (error) {
    const isOld = error instanceof Problem && error.code === 'differs';
    if (isOld && created.includes(passwordTitle(name))) {
      await invocation.systems.perform.remove({ kind: 'makeSecret', file: password.file });
    }
    throw error;
  }
}

const passwordTitle = (name: string): string => `make the password of ${name}`;

interface Settings extends DatabaseSettings {
  readonly password: { readonly file: string };
}

function settingsOf(name: string, cluster: Cluster, values: CreateValues, { places }: Invocation): Settings {
  const { memory, replication, persistence, eviction, tls } = values;
  const port = values.port ?? cluster.own?.port ?? ENTERPRISE_DEFAULTS.port;
  const password = databasePassword(places.home, name, cluster.name);
  return {
    ...{ name, port, password, replication, persistence, eviction, tls },
    memoryBytes: memory,
    // What this machine reaches is the first node, wherever the shard is.
    onAllNodes: replication || (cluster.own?.nodes ?? 1) > 1,
    reach: reachOf({ cluster, name, port, password, tls }, places.home),
  };
}

function planOf(settings: Settings, { api }: Cluster, { databasePasswordFile: from }: CreateValues): Plan {
  const { name, password } = settings;
  return {
    title: `The database ${name} at ${api.url}`,
    steps: [
      { title: passwordTitle(name), action: { kind: 'makeSecret', file: password.file, from } },
      netrcStep(api),
      ...databaseSteps(api, settings),
    ],
  };
}

/** undefined for a database of our own whose port is not published. */
async function connectionTo(
  found: Found,
  { reach }: Settings,
  { systems }: Invocation,
): Promise<Connection | undefined> {
  if (!reach) return undefined;
  const reached = await firstReached(await reach.connections(found, systems), systems);
  return reached.kind === 'ok' ? reached.value : undefined;
}

function placeOf(connection: Connection | undefined) {
  const { host = null, caFile = null, serverName = null } = connection ?? {};
  return { host, caFile, serverName };
}

function placeView(found: Found, connection: Connection | undefined): Line[] {
  const [name, port] = [found.name, String(portOf(found))];
  if (!connection) {
    return [
      line(`The database ${name} is ready on port ${port}, inside Docker only.`, 'good'),
      line(`Docker publishes no port after the start: beside it, it is redisdemo-enterprise:${port}.`, 'note'),
    ];
  }
  const { host, caFile, serverName } = connection;
  return [
    line(`The database ${name} is ready at ${host}:${port}.`, 'good'),
    ...(caFile === undefined ? [] : [line(`TLS: the certificate is in ${caFile}, its name is ${serverName ?? host}`)]),
  ];
}

/** As the API has it: letters, digits and hyphens, of which none at an end. */
function checkedName(name: string): string {
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(name)) return name;
  throw new Problem('bad_usage', {
    message: `"${name}" is no name of a database: letters, digits and hyphens, and no hyphen at an end.`,
    hint: 'See: redisdemo enterprise database create --help',
  });
}

export async function databaseList(values: ClusterValues, invocation: Invocation): Promise<void> {
  const api = await clusterApi(values, invocation);
  const question = { call: { api, method: 'GET', path: '/v1/bdbs' }, select: '.' } as const;
  const answer = await invocation.systems.calls.ask(question, invocation.signal);
  if (answer.kind !== 'ok') throw new Problem('system_failed', { message: `${api.url}: ${answer.reason}` });
  const databases = (answer.value as readonly Found[]).map(shown);
  invocation.finish({ data: { databases }, view: [tableOf(databases)] });
}

export async function databaseShow(name = DATABASE, values: ClusterValues, invocation: Invocation): Promise<void> {
  const database = shown(await databaseOf(await clusterApi(values, invocation), name, invocation));
  invocation.finish({ data: database, view: fieldsOf(database) });
}

export async function databaseDelete(
  name = DATABASE,
  values: ClusterValues & Values<typeof removeSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, confirm, finish } = invocation;
  const { api, name: cluster } = await findCluster(values, invocation);
  if (!values.yes && !(await confirm(`This deletes the database ${name} and its data.`, '--yes'))) {
    throw new Problem('declined', { message: 'Nothing was deleted.' });
  }
  const deleted = await deleteDatabase(api, name, systems, { ...invocation, explain: values.explain });
  const { file } = databasePassword(places.home, name, cluster);
  await systems.perform.remove({ kind: 'makeSecret', file });
  finish({
    data: { name, deleted },
    view: [line(deleted ? `The database ${name} is gone.` : `There is no database ${name}.`)],
  });
}

async function databaseOf(api: Api, name: string, { systems, signal }: Invocation): Promise<Found> {
  const answer = await systems.calls.ask(databaseNamed(api, name), signal);
  if (answer.kind === 'ok') return answer.value as Found;
  if (answer.kind === 'failed') throw new Problem('system_failed', { message: `${api.url}: ${answer.reason}` });
  throw new Problem('not_running', {
    message: `There is no database ${name} at ${api.url}.`,
    hint: `Create it: redisdemo enterprise database create ${name}`,
  });
}

/** What a person wants to know, without passwords: the API gives those in clear. */
function shown(found: Found) {
  return {
    name: found.name,
    uid: found.uid,
    status: found.status,
    port: portOf(found),
    redisVersion: found.redis_version ?? found.version ?? null,
    memoryBytes: found.memory_size,
    replication: found.replication,
    persistence: found.data_persistence,
    eviction: found.eviction_policy,
    tls: found.tls_mode,
    modules: (found.module_list ?? []).map(({ module_name: module }) => module),
  };
}

type Shown = ReturnType<typeof shown>;

function tableOf(databases: readonly Shown[]): Table {
  return {
    kind: 'table',
    columns: ['name', 'id', 'status', 'port', 'Redis', 'memory', 'modules'],
    rows: databases.map(({ name, uid, status, port, redisVersion, memoryBytes, modules }) => [
      name,
      String(uid),
      status,
      String(port),
      redisVersion ?? '-',
      `${(memoryBytes / 1024 / 1024).toFixed(0)} MB`,
      modules.join(' '),
    ]),
  };
}

function fieldsOf(database: Shown): Line[] {
  return Object.entries(database).map(([field, value]) =>
    line(`${field}: ${Array.isArray(value) ? value.join(' ') : String(value)}`),
  );
}
