/** What there is of a service now, asked of Google. */
import { LABEL } from '../../../plan/action.ts';
import { absent, ok, type Answer } from '../../../plan/answer.ts';
import { waitFor, type Working } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { unanswered } from '../failures/unanswered.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { shaped } from '../google/shape.ts';
import { commandFor } from '../place/commands.ts';
import type { CloudRunPlace } from '../place/place.ts';
import type { RevisionJson, ServiceJson } from './service-shape.ts';
import { POLICY, REVISIONS, SERVICE } from './service-shape.ts';
import { describeCall, isInvokerCheckOff, isOurs, isSettling, namespaceUrl, readyOf } from './service.ts';
import { LABEL_VALUE } from './settings.ts';

/** How everybody is let in: without the check, by a right for all, or not at all. `unknown` to those who may not read it. */
export type Openness = 'unchecked' | 'binding' | 'closed' | 'unknown';

export interface ServiceState {
  readonly service: ServiceJson;
  readonly openness: Openness;
}

/** Whether everybody can call it. One of which that is not known is called with a token, which does no harm. */
export function isPublic({ openness }: ServiceState): boolean {
  return openness === 'unchecked' || openness === 'binding';
}

const SETTLE_LIMIT_MS = 600_000;
const INVOKER = 'roles/run.invoker';

/** undefined when there is none. Throws a Problem for one that is not ours. */
export async function readState(place: CloudRunPlace, google: GoogleApi): Promise<ServiceState | undefined> {
  const same = describeCall(place);
  const answer = await google.ask(`${namespaceUrl(place)}/services/${place.service}`, undefined, same);
  const service = valueOf(shaped(SERVICE, answer), place, google);
  if (service === undefined) return undefined;
  if (!isOurs(service)) throw foreign(place);
  return { service, openness: await opennessOf(service, place, google) };
}

/** As readState, once no change is under way: one of an earlier run that was broken off goes on at the server. */
export async function settledState(
  place: CloudRunPlace,
  google: GoogleApi,
  working: Working,
): Promise<ServiceState | undefined> {
  const what = `the service ${place.service} to settle`;
  const ask = async (): Promise<Answer<ServiceState | undefined>> => {
    const state = await readState(place, google);
    return state && isSettling(state.service) ? absent('a change is under way') : ok(state);
  };
  return waitFor({ what, limitMs: SETTLE_LIMIT_MS, ask, quiet: true }, working);
}

async function opennessOf(service: ServiceJson, place: CloudRunPlace, google: GoogleApi): Promise<Openness> {
  if (isInvokerCheckOff(service)) return 'unchecked';
  const { project, region, service: name } = place;
  const url = `https://run.googleapis.com/v1/projects/${project}/locations/${region}/services/${name}:getIamPolicy`;
  const same = gcloud(['run', 'services', 'get-iam-policy', name, ...inRegion(place)]);
  const answer = shaped(POLICY, await google.ask(url, undefined, same));
  if (answer.kind === 'failed' && answer.code === 'PERMISSION_DENIED') return 'unknown';
  const bindings = valueOf(answer, place, google)?.bindings ?? [];
  const isOpen = bindings.some(({ role, members }) => role === INVOKER && members.includes('allUsers'));
  return isOpen ? 'binding' : 'closed';
}

/** The newest first. */
export async function readRevisions(place: CloudRunPlace, google: GoogleApi): Promise<readonly RevisionJson[]> {
  const selector = encodeURIComponent(`serving.knative.dev/service=${place.service}`);
  const url = `${namespaceUrl(place)}/revisions?labelSelector=${selector}`;
  const same = gcloud(['run', 'revisions', 'list', `--service=${place.service}`, ...inRegion(place)]);
  const items = valueOf(shaped(REVISIONS, await google.ask(url, undefined, same)), place, google) ?? [];
  return items.toSorted((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
}

export const isReady = (revision: RevisionJson): boolean => readyOf(revision)?.status === 'True';

function valueOf<T>(answer: Answer<T>, { project, region }: CloudRunPlace, { caller }: GoogleApi): T | undefined {
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'absent') return undefined;
  throw unanswered(`Cloud Run in ${project}, ${region}`, answer, { project, region, caller });
}

function foreign({ service, region }: CloudRunPlace): Problem {
  return new Problem('foreign', {
    message: `The service ${service} in ${region} already exists and was not created by redisdemo: it lacks the label ${LABEL}=${LABEL_VALUE}.`,
    hint: 'Choose another name: --service NAME',
  });
}

export function nothingThere(place: CloudRunPlace): Problem {
  const { service, project, region } = place;
  return new Problem('not_deployed', {
    message: `There is no service ${service} in ${project}, ${region}.`,
    hint: `Deploy it: ${commandFor('deploy cloudrun', place)}`,
  });
}
