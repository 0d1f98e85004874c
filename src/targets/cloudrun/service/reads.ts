/** Questions about a service, and jq programs for the answers: for scripts and redisdemo itself (ADR 21). jqjs and jq differ: ADR 22. */
import { LABEL } from '../../../plan/action.ts';
import type { CommandCall, Question } from '../../../plan/call.ts';
import { inRegion } from '../google/gcloud.ts';
import { listed, read } from '../google/read.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { CANDIDATE, LABEL_VALUE } from './settings.ts';

const ABSENT = 'Cannot find service';

export const namespaceUrl = ({ project, region }: CloudRunPlace): string =>
  `https://${region}-run.googleapis.com/apis/serving.knative.dev/v1/namespaces/${project}`;

export function readService(place: CloudRunPlace): CommandCall {
  const words = ['run', 'services', 'describe', place.service, ...inRegion(place)];
  return read(words, `${namespaceUrl(place)}/services/${place.service}`, { absent: ABSENT });
}

export function readPolicy(place: CloudRunPlace): CommandCall {
  const { project, region, service } = place;
  const url = `https://run.googleapis.com/v1/projects/${project}/locations/${region}/services/${service}:getIamPolicy`;
  return read(['run', 'services', 'get-iam-policy', service, ...inRegion(place)], url);
}

export function readRevisionList(place: CloudRunPlace): CommandCall {
  const selector = encodeURIComponent(`serving.knative.dev/service=${place.service}`);
  const words = ['run', 'revisions', 'list', `--service=${place.service}`, ...inRegion(place)];
  return read(words, `${namespaceUrl(place)}/revisions?labelSelector=${selector}`, { printed: listed('items') });
}

export const askService = (place: CloudRunPlace, select: string): Question => ({ call: readService(place), select });

export const INVOKER = 'roles/run.invoker';

export const IS_OURS = `((.metadata.labels | .["${LABEL}"]) == "${LABEL_VALUE}")`;

/** gcloud writes `True`. */
export const IS_CHECK_OFF =
  '((.metadata.annotations | .["run.googleapis.com/invoker-iam-disabled"] | tostring | ascii_downcase) == "true")';

export const IS_OPEN_TO_ALL = `any(.bindings | select(. != null) | .[]; .role == "${INVOKER}" and any(.members | select(. != null) | .[]; . == "allUsers"))`;

export const EACH_VARIABLE = '.spec.template.spec.containers | .[0] | .env | select(. != null) | .[]';

const traffic = (test: string): string => `.status.traffic | select(. != null) | .[] | select(${test})`;

export const CANDIDATES = traffic(`.tag == "${CANDIDATE}"`);

const SERVING = `[${traffic('.percent > 0')}] | sort_by(-.percent)`;

export const hasAll = (revision: string): string =>
  `${traffic(`.revisionName == "${revision}" and .percent == 100`)} | .revisionName`;

/** As the latest one: the next revision will have all the traffic, too. */
export const followed = (revision: string): string =>
  traffic(`.latestRevision == true and .percent == 100 and .revisionName == "${revision}"`);

/**
 * Where the traffic goes when somebody has chosen that: several revisions, or an older one. A release that was broken off
 * also leaves it with the older one, but the newer one is then tagged as the candidate.
 */
export const PINNED_TO = [
  `(${SERVING}) as $on`,
  `[${CANDIDATES} | .revisionName] as $candidates`,
  '.status.latestReadyRevisionName as $latest',
  'select(($on | length) > 1 or any($on | .[]; .latestRevision != true and .revisionName != $latest and ($candidates | any(.[]; . == $latest) | not)))',
  '$on | map(.revisionName + " (" + (.percent | tostring) + " %)") | join(" and ")',
].join(' | ');

/** The address. `status.url` is absent when the name is too long for it: then the annotation has a list of them, as JSON. */
export const URL_OF =
  '([.status.url, (.metadata.annotations | .["run.googleapis.com/urls"] | select(. != null) | split("\\"") | .[1])] | map(select(. != null)) | .[0])';

export const VIEW = `{service: ., url: ${URL_OF}, isOurs: ${IS_OURS}, isCheckOff: ${IS_CHECK_OFF}, serving: (${SERVING}), candidate: ([${CANDIDATES}] | .[0]), pinnedTo: ([${PINNED_TO}] | .[0])}`;
