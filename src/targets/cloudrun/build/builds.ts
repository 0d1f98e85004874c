/** The builds of a service, found by the tag that `run deploy --source` and build-step.ts give them. */
import * as v from 'valibot';
import type { CommandCall } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import type { Problem } from '../../../problem.ts';
import { unanswered, whyUnanswered } from '../failures/failures.ts';
import { listOf, shaped } from '../google/answer.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { listed, read } from '../google/read.ts';
import { googleStep } from '../google/step.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { NOTHING_MADE } from './built.ts';

/** The newest first. A page can hold fewer builds than there are, even none: only one without `nextPageToken` is the last. */
export function readBuilds(
  place: CloudRunPlace,
  flags: readonly string[],
  { pageSize, token }: { readonly pageSize: number; readonly token?: string | undefined },
  more: Parameters<typeof read>[2] = {},
): CommandCall {
  const { project, region, service } = place;
  const filter = `tags=service_${service}`;
  const query = [
    `pageSize=${String(pageSize)}&filter=${encodeURIComponent(filter)}`,
    ...(token === undefined ? [] : [`pageToken=${encodeURIComponent(token)}`]),
  ];
  const url = `https://cloudbuild.googleapis.com/v1/projects/${project}/locations/${region}/builds?${query.join('&')}`;
  return read(['builds', 'list', ...inRegion(place), `--filter=${filter}`, ...flags], url, more);
}

const MOST_PAGES = 20;

const ID = v.object({ id: v.string() });
const PAGE = v.object({ builds: listOf(ID), nextPageToken: v.nullish(v.string()) });
/** gcloud reads all pages by itself and prints one array. */
const AS_PAGE = 'if type == "array" then {builds: .} else . end';

/** The id; undefined when there was no build, or Google did not say. */
export async function newestBuild(place: CloudRunPlace, google: GoogleApi): Promise<string | undefined> {
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = shaped(PAGE, await google.ask(readBuilds(place, ['--limit=1'], { pageSize: 1, token }), AS_PAGE));
    if (answer.kind !== 'ok') return undefined;
    const { builds, nextPageToken } = answer.value;
    if (builds[0]) return builds[0].id;
    if (typeof nextPageToken !== 'string') return undefined;
    token = nextPageToken;
  }
  return undefined;
}

const GOES_ON = 'select(.status == "WORKING" or .status == "QUEUED" or .status == "PENDING")';

const BUILDS = v.array(v.object({ id: v.string(), createTime: v.string() }));

/**
 * Builds that began after `since` (seconds) and still run: their images would come after everything is removed. Returns a
 * Problem instead of throwing it, so that the rest is removed anyway.
 */
export async function ongoingSteps(
  place: CloudRunPlace,
  since: number,
  google: GoogleApi,
): Promise<readonly Step[] | Problem> {
  const builds = `[.[] | ${GOES_ON} | {id, createTime}]`;
  const answer = shaped(BUILDS, await google.ask(buildList(place), builds));
  // An account without that right starts no builds.
  if (answer.kind === 'failed' && whyUnanswered(answer)?.code === 'not_permitted') return [];
  if (answer.kind === 'failed')
    return unanswered('Whether a build goes on is not known', answer, { ...place, caller: google.caller });
  if (answer.kind === 'absent') return [];
  return answer.value
    .filter(({ createTime }) => Date.parse(createTime) / 1000 >= since - 1)
    .map(({ id }) => ongoingStep(place, id));
}

function ongoingStep(place: CloudRunPlace, id: string): Step {
  return googleStep({
    id: `build-${id}`,
    title: `build ${id}`,
    thing: `build ${id.slice(0, 8)}`,
    find: { call: buildList(place), select: `.[] | select(.id == "${id}") | ${GOES_ON} | .id` },
    remove: gcloud(['builds', 'cancel', id, ...inRegion(place)], { absent: 'NOT_FOUND' }),
  });
}

function buildList(place: CloudRunPlace): CommandCall {
  // An API that is off builds nothing.
  return readBuilds(place, ['--ongoing'], { pageSize: 50 }, { absent: NOTHING_MADE, printed: listed('builds') });
}
