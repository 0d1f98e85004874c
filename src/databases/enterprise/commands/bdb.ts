import { command } from '../../../command/command-spec.ts';
import { removeSettings } from '../../../command/docker-options.ts';
import { Problem } from '../../../problem.ts';
import { line } from '../../../report.ts';
import { deleteBdb, forgetPassword } from '../bdb/deletion.ts';
import { bdbOf, describeSelector, findBdb, portOf, type BdbSelector } from '../bdb/lookup.ts';
import { get, valueOf } from '../rest/question.ts';
import { bdbs, type Bdb } from '../rest/shapes.ts';
import { BDB_NAME } from '../settings.ts';
import { findCluster } from './cluster.ts';
import { clusterSettings, databaseIdSettings } from './options.ts';

export const list = command({
  description: 'Lists the databases of the cluster.',
  settings: clusterSettings,
  work: async (values, invocation) => {
    const { api } = await findCluster(values, invocation);
    const databases = (await valueOf(get(api, '/v1/bdbs', '.', bdbs), invocation)).map(bdbDetails);
    const columns = ['name', 'id', 'status', 'port', 'Redis', 'memory', 'modules'];
    const rows = databases.map(({ name, uid, status, port, redisVersion, memoryBytes, modules }) => [
      ...[name ?? '-', String(uid), status ?? '-', String(port ?? '-'), redisVersion ?? '-'],
      memoryBytes === null ? '-' : `${(memoryBytes / 1024 / 1024).toFixed(0)} MB`,
      modules?.join(' ') ?? '-',
    ]);
    invocation.finish({ data: { databases }, view: [{ kind: 'table', columns, rows }] });
  },
});

export const show = command({
  description: 'Shows a database of the cluster, without its password.',
  settings: { ...clusterSettings, ...databaseIdSettings },
  work: async (values, invocation, [name]) => {
    const { api } = await findCluster(values, invocation);
    const database = bdbDetails(await bdbOf(api, selectorOf(name, values), invocation));
    const view = Object.entries(database).map(([field, value]) =>
      line(`${field}: ${Array.isArray(value) ? value.join(' ') : String(value ?? '-')}`),
    );
    invocation.finish({ data: database, view });
  },
});

export const remove = command({
  description: 'Deletes a database of the cluster, and with it its data.',
  settings: { ...clusterSettings, ...databaseIdSettings, ...removeSettings },
  work: async (values, invocation, [name]) => {
    const { places, confirm, finish } = invocation;
    const cluster = await findCluster(values, invocation);
    const selector = selectorOf(name, values);
    const bdb = await findBdb(cluster.api, selector, 'redisdemo enterprise database delete', invocation);
    const bdbName = bdb?.name ?? selector.name ?? '';
    const words = `the database ${bdbName}${bdb ? ` (id ${String(bdb.uid)})` : ''}`;
    if (bdb && !values.yes && !(await confirm(`This deletes ${words} and its data.`, '--yes'))) {
      throw new Problem('declined', { message: 'Nothing was deleted.' });
    }
    if (bdb) await deleteBdb(cluster.api, bdb.uid, { ...invocation, explain: values.explain });
    await forgetPassword(bdbName, cluster, places.home, invocation);
    finish({
      data: { name: bdbName, id: bdb?.uid ?? null, deleted: bdb !== undefined },
      view: [line(bdb ? `Deleted ${words}.` : `There is no database ${describeSelector(selector)}.`)],
    });
  },
});

/** The default is the service's database. */
function selectorOf(name: string | undefined, { id }: { readonly id?: number | undefined }): BdbSelector {
  return id === undefined ? { name: name ?? BDB_NAME } : { name, id };
}

/** Leaves out the passwords, which the API shows in clear. null: the cluster does not report it. */
export function bdbDetails(bdb: Bdb) {
  return {
    name: bdb.name ?? null,
    uid: bdb.uid,
    status: bdb.status ?? null,
    port: portOf(bdb) || null,
    redisVersion: bdb.redis_version ?? bdb.version ?? null,
    memoryBytes: bdb.memory_size ?? null,
    replication: bdb.replication ?? null,
    persistence: bdb.data_persistence ?? null,
    eviction: bdb.eviction_policy ?? null,
    tls: bdb.tls_mode ?? null,
    modules: bdb.module_list?.flatMap(({ module_name: module }) => module ?? []) ?? null,
  };
}
