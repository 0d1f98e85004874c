import { Problem } from '../../../problem.ts';
import { line } from '../../../report.ts';
import { memberOf, readClient } from '../google/client.ts';
import { remains } from '../release/destroy.ts';
import { stillThere } from '../failures/unanswered.ts';
import { placeOf } from './place.ts';
import type { cloudRunRemoveSettings } from './options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import { removedResult, takeAway } from '../../../command/plans.ts';

export async function destroyCloudRun(
  values: Values<typeof cloudRunRemoveSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, report, signal, confirm, finish } = invocation;
  const place = await placeOf(values, invocation);
  const { things, record, unknown } = await remains(place, places.home, systems, { report, signal });
  const question = `Take ${place.service} away from ${place.project}, ${place.region}, with its secret and images?`;
  if (!values.yes && !(await confirm(question, '--yes'))) {
    throw new Problem('declined', { message: 'Nothing was removed.' });
  }
  const options = { explain: values.explain, withData: true };
  const removed = await takeAway(things, options, invocation).catch(async (error: unknown) => {
    throw stillThere(error, { ...place, caller: memberOf(await readClient(systems, signal)) });
  });
  if (unknown) throw unknown;
  const records = await takeAway(record, options, invocation);
  const { data, view } = removedResult({ removed: [...removed.removed, ...records.removed], kept: [], leftAlone: [] });
  const shared = 'The repository cloud-run-source-deploy and the bucket of sources stay: other services may use them.';
  finish({ data, view: removed.removed.length === 0 ? view : [...view, line(shared)] });
}
