import type { planSettings, removeSettings } from '../../../command/docker-options.ts';
import { openNewPassword } from '../../../command/given-file.ts';
import { noOtherPassword } from '../../../command/given-password.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { attemptToMake, scriptResult, within } from '../../../command/plans.ts';
import type { Values } from '../../../command/setting.ts';
import type { Connection } from '../../../connection.ts';
import { passwordAction } from '../../../plan/action.ts';
import type { Api } from '../../../plan/call.ts';
import type { Plan } from '../../../plan/plan.ts';
import { createdTitles, hasCreated, type Results } from '../../../plan/results.ts';
import { Problem, type ProblemCode } from '../../../problem.ts';
import { line, type Line, type Table } from '../../../report.ts';
import type { DatabaseSettings } from '../bdb/database-settings.ts';
import { proveModules } from '../../modules.ts';
import { deleteDatabase } from '../bdb/deletion.ts';
import { reachOf } from '../bdb/endpoint.ts';
import { listMeant, portOf, type Meant } from '../bdb/lookup.ts';
import { severalOf } from '../bdb/objections.ts';
import { firstReached, notReached } from '../bdb/ready.ts';
import { CREATE_DATABASE, databaseSteps } from '../bdb/steps.ts';
import { getAll, valueOf } from '../rest/question.ts';
import type { Found } from '../rest/shapes.ts';
import { DATABASE, databasePassword, ENTERPRISE_DEFAULTS } from '../settings.ts';
import { clusterApi, findCluster, type Cluster, type ClusterValues } from './cluster.ts';
import { databaseCreateSettings, type databaseMeantSettings } from './options.ts';

type CreateValues = Values<typeof databaseCreateSettings & typeof planSettings>;

export async function databaseCreate(name = DATABASE, values: CreateValues, invocation: Invocation): Promise<void> {
  const { systems, finish, report } = invocation;
  const cluster = await findCluster(values, invocation);
  const settings = settingsOf(checkedName(name), cluster, values, invocation);
  await openNewPassword(values.databasePasswordFile, databaseCreateSettings.databasePasswordFile, {
    print: values.print,
    systems,
  });
  await noOtherPassword(settings.password, values.databasePasswordFile, systems);
  const plan = within(values.timeout, planOf(settings, cluster, values));
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const results = await makeDatabase(plan, settings, { cluster, values, invocation });
  const found = await databaseOf(cluster.api, { name }, invocation);
  const connection = await connectionTo(found, settings, invocation);
  if (connection && hasCreated(results, CREATE_DATABASE)) {
    const warning = await proveModules(connection, systems, invocation);
    if (warning !== undefined) report.say(warning, 'note');
  }
  finish({
    data: {
      ...shown(found),
      ...placeOf(found, connection),
      passwordFile: settings.password.file,
      created: createdTitles(results),
    },
    view: [...placeView(found, connection), line(`Its password is in ${settings.password.file}`)],
  });
}

interface Making {
  readonly cluster: Cluster;
  readonly values: CreateValues;
  readonly invocation: Invocation;
}

/** The database exists, with other settings or with another password. */
const DIFFERENCES: ReadonlySet<ProblemCode> = new Set(['differs', 'password_differs']);

/** A password that was generated for a database which has another one already is no use to anybody. */
async function makeDatabase(
  plan: Plan,
  { name, password }: Settings,
  { cluster, values: { explain }, invocation }: Making,
): Promise<Results> {
  const undo = async (results: Results): Promise<string | undefined> => {
    if (!hasCreated(results, CREATE_DATABASE)) return undefined;
    const there = await isThere(cluster, name, invocation);
    return there ? `redisdemo enterprise database delete ${name}` : undefined;
  };
  const { results, failure } = await attemptToMake(plan, { explain, undo }, invocation);
  if (!failure) return results;
  const isOther = failure.error instanceof Problem && DIFFERENCES.has(failure.error.code);
  const isOld = isOther && !hasCreated(results, CREATE_DATABASE);
  if (isOld && hasCreated(results, PASSWORD)) {
    await invocation.systems.perform.remove({ kind: 'file', file: password.file });
  }
  throw failure.error;
}

/** False when that cannot be found out: nothing is suggested for deletion that was not seen. */
async function isThere({ api }: Cluster, name: string, { systems }: Invocation): Promise<boolean> {
  const { signal } = new AbortController();
  const answer = await systems.calls.ask(listMeant(api, { name }), signal).catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
  return answer?.kind === 'ok' && answer.value.length > 0;
}

/** The id of the step that makes its password. */
const PASSWORD = 'database-password';

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
    own: cluster.own !== undefined,
    reach: reachOf({ cluster, name, port, password, tls }, places.home),
  };
}

function planOf(settings: Settings, { api }: Cluster, { databasePasswordFile: from }: CreateValues): Plan {
  const { name, password } = settings;
  return {
    title: `The database ${name} at ${api.url}`,
    steps: [
      {
        id: PASSWORD,
        title: `make the password of ${name}`,
        action: passwordAction(password.file, from),
      },
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
  if (reached.kind === 'ok') return reached.value;
  throw notReached(found.name ?? '', reached.reason);
}

function placeOf(found: Found, connection: Connection | undefined) {
  const { host = null, port = portOf(found) || null, caFile = null, serverName = null } = connection ?? {};
  return { host, port, caFile, serverName };
}

function placeView(found: Found, connection: Connection | undefined): Line[] {
  const name = found.name ?? '';
  const port = String(placeOf(found, connection).port);
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
    message: `"${name}" is not a valid database name: use letters, digits and hyphens, with no hyphen at either end.`,
    hint: 'See: redisdemo enterprise database create --help',
  });
}

export async function databaseList(values: ClusterValues, invocation: Invocation): Promise<void> {
  const api = await clusterApi(values, invocation);
  const found = await valueOf(getAll(api, '/v1/bdbs'), invocation.systems, invocation);
  const databases = found.map(shown);
  invocation.finish({ data: { databases }, view: [tableOf(databases)] });
}

type MeantValues = ClusterValues & Values<typeof databaseMeantSettings>;

export async function databaseShow(
  name: string | undefined,
  values: MeantValues,
  invocation: Invocation,
): Promise<void> {
  const database = shown(await databaseOf(await clusterApi(values, invocation), meantBy(name, values), invocation));
  invocation.finish({ data: database, view: fieldsOf(database) });
}

export async function databaseDelete(
  name: string | undefined,
  values: MeantValues & Values<typeof removeSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, confirm, finish } = invocation;
  const { api, name: cluster } = await findCluster(values, invocation);
  const meant = meantBy(name, values);
  const found = await findDatabase(api, meant, 'redisdemo enterprise database delete', invocation);
  const shownName = found?.name ?? meant.name ?? '';
  const words = `the database ${shownName}${found ? ` (id ${String(found.uid)})` : ''}`;
  if (found && !values.yes && !(await confirm(`This deletes ${words} and its data.`, '--yes'))) {
    throw new Problem('declined', { message: 'Nothing was deleted.' });
  }
  if (found) await deleteDatabase(api, found.uid, systems, { ...invocation, explain: values.explain });
  // The password is kept under the name, which another database may have too.
  const others = await valueOf(listMeant(api, { name: shownName }), systems, invocation);
  if (others.length === 0 && shownName !== '') {
    const { file } = databasePassword(places.home, shownName, cluster);
    await systems.perform.remove({ kind: 'file', file });
  }
  finish({
    data: { name: shownName, id: found?.uid ?? null, deleted: found !== undefined },
    view: [line(found ? `Deleted ${words}.` : `There is no database ${meantWords(meant)}.`)],
  });
}

/** Without a name and an id the service's database is meant. */
function meantBy(name: string | undefined, { id }: Values<typeof databaseMeantSettings>): Meant {
  return id === undefined ? { name: name ?? DATABASE } : { name, id };
}

function meantWords({ name, id }: Meant): string {
  return [name, id === undefined ? undefined : `with the id ${String(id)}`].filter(Boolean).join(' ');
}

/** undefined when there is none. Throws a Problem when several have that name. */
async function findDatabase(
  api: Api,
  meant: Meant,
  command: string,
  invocation: Invocation,
): Promise<Found | undefined> {
  const question = { ...listMeant(api, meant), objections: [severalOf(meant, command)] };
  const [found] = await valueOf(question, invocation.systems, invocation);
  return found;
}

async function databaseOf(api: Api, meant: Meant, invocation: Invocation): Promise<Found> {
  const found = await findDatabase(api, meant, 'redisdemo enterprise database show', invocation);
  if (found) return found;
  throw new Problem('database_missing', {
    message: `There is no database ${meantWords(meant)} at ${api.url}.`,
    hint:
      meant.id === undefined
        ? `Create it: redisdemo enterprise database create ${meant.name ?? ''}`
        : 'See which there are: redisdemo enterprise database list',
  });
}

/** What a person wants to know, without passwords: the API gives those in clear. null for what it does not say. */
function shown(found: Found) {
  return {
    name: found.name ?? null,
    uid: found.uid,
    status: found.status ?? null,
    port: portOf(found) || null,
    redisVersion: found.redis_version ?? found.version ?? null,
    memoryBytes: found.memory_size ?? null,
    replication: found.replication ?? null,
    persistence: found.data_persistence ?? null,
    eviction: found.eviction_policy ?? null,
    tls: found.tls_mode ?? null,
    modules: found.module_list?.flatMap(({ module_name: module }) => module ?? []) ?? null,
  };
}

type Shown = ReturnType<typeof shown>;

function tableOf(databases: readonly Shown[]): Table {
  return {
    kind: 'table',
    columns: ['name', 'id', 'status', 'port', 'Redis', 'memory', 'modules'],
    rows: databases.map(({ name, uid, status, port, redisVersion, memoryBytes, modules }) => [
      name ?? '-',
      String(uid),
      status ?? '-',
      String(port ?? '-'),
      redisVersion ?? '-',
      memoryBytes === null ? '-' : `${(memoryBytes / 1024 / 1024).toFixed(0)} MB`,
      modules?.join(' ') ?? '-',
    ]),
  };
}

function fieldsOf(database: Shown): Line[] {
  return Object.entries(database).map(([field, value]) =>
    line(`${field}: ${Array.isArray(value) ? value.join(' ') : String(value ?? '-')}`),
  );
}
