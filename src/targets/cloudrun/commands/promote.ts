import { line } from '../../../report.ts';
import { smokeResult } from '../../../smoke/result.ts';
import { promote } from '../release/promote.ts';
import { placeOf } from './place.ts';
import type { promoteSettings } from './options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import { releaseContext } from '../release-context.ts';

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
