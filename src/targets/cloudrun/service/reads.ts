/**
 * What Google is asked about a service, and what is told from its answers, in jq: once, for a script and for redisdemo
 * itself (ADR 21). What jqjs and jq understand in different ways is in ADR 22.
 */
import { LABEL } from '../../../plan/action.ts';
import type { CommandCall, Question } from '../../../plan/call.ts';
import { inRegion } from '../google/gcloud.ts';
import { listed, read } from '../google/read.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { CANDIDATE, LABEL_VALUE } from './settings.ts';

/** A missing service, as gcloud says it. */
const ABSENT = 'Cannot find service';

export const namespaceUrl = ({ project, region }: CloudRunPlace): string =>
  `https://${region}-run.googleapis.com/apis/serving.knative.dev/v1/namespaces/${project}`;

export function readService(place: CloudRunPlace): CommandCall {
  const words = ['run', 'services', 'describe', place.service, ...inRegion(place)];
  return read(words, `${namespaceUrl(place)}/services/${place.service}`, { absent: ABSENT });
}

/** Who can do what with it. */
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

/** Of the policy of a service. */
export const IS_OPEN_TO_ALL = `any(.bindings | select(. != null) | .[]; .role == "${INVOKER}" and any(.members | select(. != null) | .[]; . == "allUsers"))`;

/** Each variable of a service. */
export const EACH_VARIABLE = '.spec.template.spec.containers | .[0] | .env | select(. != null) | .[]';

/** Where requests go, and what has a tag: one entry for each. */
const traffic = (test: string): string => `.status.traffic | select(. != null) | .[] | select(${test})`;

export const CANDIDATES = traffic(`.tag == "${CANDIDATE}"`);

/** What gets requests, the most first. */
const SERVING = `[${traffic('.percent > 0')}] | sort_by(-.percent)`;

/** The name of a revision that has all the traffic. */
export const hasAll = (revision: string): string =>
  `${traffic(`.revisionName == "${revision}" and .percent == 100`)} | .revisionName`;

/** A revision that has all the traffic, as the latest one: so does the next. */
export const followed = (revision: string): string =>
  traffic(`.latestRevision == true and .percent == 100 and .revisionName == "${revision}"`);

/**
 * Selects where the traffic goes when somebody has chosen that: several revisions, or an older one. A release of ours that
 * was broken off also leaves it with the older one, but the newer one is then tagged as the candidate.
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

/** The service, and all that is told of it, from one answer. */
export const VIEW = `{service: ., url: ${URL_OF}, isOurs: ${IS_OURS}, isCheckOff: ${IS_CHECK_OFF}, serving: (${SERVING}), candidate: ([${CANDIDATES}] | .[0]), pinnedTo: ([${PINNED_TO}] | .[0])}`;
