/** Builds that go on at Google although nobody waits for them any more: an image would come after all is taken away. */
import * as v from 'valibot';
import type { CommandCall } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { Working } from '../../../plan/wait.ts';
import type { Problem } from '../../../problem.ts';
import { unanswered, whyUnanswered } from '../failures/unanswered.ts';
import { memberOf, readClient } from '../google/client.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import { listed } from '../google/read.ts';
import { shaped } from '../google/shape.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { readBuilds } from './builds-list.ts';
import { NOTHING_MADE } from './built.ts';

const GOES_ON = 'select(.status == "WORKING" or .status == "QUEUED" or .status == "PENDING")';

const BUILDS = v.array(v.object({ id: v.string(), createTime: v.string() }));

/**
 * Of builds of a service in a region that began after a time, in seconds; the Problem when that cannot be found out, which
 * does not keep anything else from being removed.
 */
export async function ongoingSteps(
  place: CloudRunPlace,
  since: number,
  { calls }: Systems,
  working: Working,
): Promise<readonly Step[] | Problem> {
  const { signal } = working;
  const builds = `[.[] | ${GOES_ON} | {id, createTime}]`;
  const answer = shaped(BUILDS, await calls.ask({ call: buildList(place), select: builds }, signal, working));
  // An account without that right starts no builds.
  if (answer.kind === 'failed' && whyUnanswered(answer)?.code === 'not_permitted') return [];
  if (answer.kind === 'failed') {
    const caller = memberOf(await readClient({ calls }, signal));
    return unanswered('Whether a build goes on is not known', answer, { ...place, caller });
  }
  if (answer.kind === 'absent') return [];
  return answer.value
    .filter(({ createTime }) => Date.parse(createTime) / 1000 >= since - 1)
    .map(({ id }) => ongoingStep(place, id));
}

function ongoingStep(place: CloudRunPlace, id: string): Step {
  return {
    id: `build-${id}`,
    title: `build ${id}`,
    action: {
      kind: 'resource',
      thing: `build ${id.slice(0, 8)}`,
      find: { call: buildList(place), select: `.[] | select(.id == "${id}") | ${GOES_ON} | .id` },
      remove: gcloud(['builds', 'cancel', id, ...inRegion(place)], { absent: 'NOT_FOUND' }),
    },
  };
}

function buildList(place: CloudRunPlace): CommandCall {
  // An API that is off builds nothing.
  return readBuilds(place, ['--ongoing'], { pageSize: 50 }, { absent: NOTHING_MADE, printed: listed('builds') });
}
