import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import { bdbOf, type BdbSelector } from '../bdb/lookup.ts';
import { get, valueOf } from '../rest/question.ts';
import { bdbs } from '../rest/shapes.ts';
import { BDB_NAME } from '../settings.ts';
import { bdbDetails, bdbLines, bdbTable } from './bdb-view.ts';
import { findCluster } from './cluster.ts';
import type { ClusterValues, databaseIdSettings } from './options.ts';

export type SelectorValues = ClusterValues & Values<typeof databaseIdSettings>;

/** Without a name and an id the service's database is meant. */
export function selectorOf(name: string | undefined, { id }: SelectorValues): BdbSelector {
  return id === undefined ? { name: name ?? BDB_NAME } : { name, id };
}

export async function bdbShow(name: string | undefined, values: SelectorValues, invocation: Invocation): Promise<void> {
  const { api } = await findCluster(values, invocation);
  const database = bdbDetails(await bdbOf(api, selectorOf(name, values), invocation));
  invocation.finish({ data: database, view: bdbLines(database) });
}

export async function bdbList(values: ClusterValues, invocation: Invocation): Promise<void> {
  const { api } = await findCluster(values, invocation);
  const databases = (await valueOf(get(api, '/v1/bdbs'), bdbs, invocation.systems, invocation)).map(bdbDetails);
  invocation.finish({ data: { databases }, view: [bdbTable(databases)] });
}
