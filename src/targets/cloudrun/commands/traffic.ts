import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import { Problem } from '../../../problem.ts';
import { line } from '../../../report.ts';
import { smokeResult } from '../../../smoke/result.ts';
import { commandFor } from '../place/place.ts';
import { releaseContext } from '../release/context.ts';
import { promote } from '../release/promote.ts';
import { rollBack } from '../release/rollback.ts';
import type { promoteSettings, rollbackSettings } from './options.ts';
import { placeOf } from './place.ts';

export async function promoteCloudRun(values: Values<typeof promoteSettings>, invocation: Invocation): Promise<void> {
  const place = await placeOf(values, invocation);
  const done = await promote(place, releaseContext(values, invocation));
  const { url, revision, from, changed, smoke } = done;
  const words = changed
    ? `${revision} has all the traffic of ${url}, instead of ${from ?? 'none'}.`
    : `No candidate to promote: ${revision} already receives all the traffic.`;
  invocation.finish({
    data: { ...done, smoke: smoke ?? null },
    view: [...(smoke ? smokeResult(smoke).view : []), line(words, 'good')],
  });
}

export async function rollbackCloudRun(values: Values<typeof rollbackSettings>, invocation: Invocation): Promise<void> {
  const place = await placeOf(values, invocation);
  const done = await rollBack(place, values.to, releaseContext(values, invocation));
  const { url, revision, from, changed, smoke } = done;
  const words = changed
    ? `${revision} has the traffic again, instead of ${from ?? 'none'}.`
    : `${revision} has the traffic already.`;
  const problem = new Problem('smoke_failed', {
    message: `${words} But its smoke test fails at ${url}.`,
    hint: `Choose another: ${commandFor('deploy rollback cloudrun --to REVISION', place)}`,
  });
  const pinned = 'It keeps the traffic: the next deployment asks before it moves it.';
  invocation.finish(
    { data: done, view: [...(smoke ? smokeResult(smoke).view : []), line(words, 'good'), line(pinned)] },
    smoke?.passed === false ? problem : undefined,
  );
}
