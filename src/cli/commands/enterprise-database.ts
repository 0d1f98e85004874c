import {
  databaseNamed,
  databaseSteps,
  portOf,
  type DatabaseSettings,
  type Found,
} from '../../databases/enterprise/database.ts';
import { deleteDatabase } from '../../databases/enterprise/delete-database.ts';
import { DATABASE } from '../../databases/enterprise/settings.ts';
import type { Api } from '../../plan/call.ts';
import type { Plan } from '../../plan/plan.ts';
import { Problem } from '../../problem.ts';
import { line, type Line, type Table } from '../../report.ts';
import { clusterApi, type ClusterValues } from '../cluster.ts';
import type { planSettings, removeSettings } from '../docker-options.ts';
import type { databaseCreateSettings } from '../enterprise-options.ts';
import type { Invocation } from '../invocation.ts';
import type { Values } from '../options.ts';
import { make, scriptResult } from './plans.ts';

type CreateValues = Values<typeof databaseCreateSettings & typeof planSettings>;

export async function databaseCreate(name = DATABASE, values: CreateValues, invocation: Invocation): Promise<void> {
  const { places, finish } = invocation;
  const api = await clusterApi(values, invocation);
  const file = places.home.secret(`enterprise-${name}-password`);
  const settings: DatabaseSettings = {
    name: checkedName(name),
    memoryBytes: values.memory,
    port: values.port,
    password: { file },
    replication: values.replication,
    persistence: values.persistence,
    eviction: values.eviction,
    tls: values.tls,
    onAllNodes: values.replication,
  };
  const plan: Plan = {
    title: `The database ${name} at ${api.url}`,
    steps: [
      {
        title: `make the password of ${name}`,
        action: { kind: 'makeSecret', file, from: values.databasePasswordFile },
      },
      ...databaseSteps(api, settings),
    ],
  };
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const undo = `redisdemo enterprise database delete ${name}`;
  const created = await make(plan, { explain: values.explain, undo }, invocation);
  const found = await databaseOf(api, name, invocation);
  const host = new URL(api.url).hostname;
  finish({
    data: { ...shown(found), host, passwordFile: file, created },
    view: [
      line(`The database ${name} is ready at ${host}:${String(portOf(found))}.`, 'good'),
      line(`Its password is in ${file}`),
    ],
  });
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
  const { systems, confirm, finish } = invocation;
  const api = await clusterApi(values, invocation);
  if (!values.yes && !(await confirm(`This deletes the database ${name} and its data.`, '--yes'))) {
    throw new Problem('interrupted', { message: 'Nothing was deleted.' });
  }
  const deleted = await deleteDatabase(api, name, systems, { ...invocation, explain: values.explain });
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
