import type { removeSettings } from '../../../command/docker-options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import { Problem } from '../../../problem.ts';
import { line } from '../../../report.ts';
import { deleteBdb, forgetPassword } from '../bdb/deletion.ts';
import { describeSelector, findBdb } from '../bdb/lookup.ts';
import { selectorOf, type SelectorValues } from './bdb-show.ts';
import { findCluster } from './cluster.ts';

export async function bdbDelete(
  name: string | undefined,
  values: SelectorValues & Values<typeof removeSettings>,
  invocation: Invocation,
): Promise<void> {
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
}
