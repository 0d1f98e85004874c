import { LABEL } from '../../../plan/action.ts';
import { absent, type Answer, ok } from '../../../plan/answer.ts';
import { waitFor, type WorkContext } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { unanswered } from '../failures/failures.ts';
import { shaped } from '../google/answer.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { type CloudRunPlace, commandFor } from '../place/place.ts';
import { IS_OPEN_TO_ALL, readPolicy, readRevisionList, readService, VIEW } from './reads.ts';
import {
  isSettling,
  POLICY_VIEW,
  readyOf,
  type RevisionJson,
  REVISIONS,
  SERVICE_VIEW,
  type ServiceView,
} from './service.ts';
import { LABEL_VALUE } from './settings.ts';

/** Whether everybody is let in: without the check, by a right for all, or not at all. `unknown` to those who cannot read it. */
export type Openness = 'unchecked' | 'binding' | 'closed' | 'unknown';

export interface ServiceState extends Pick<ServiceView, 'service' | 'url' | 'serving' | 'candidate' | 'pinnedTo'> {
  readonly openness: Openness;
}

/** Where that is not known, the service is called with a token, which does no harm. */
export function isPublic({ openness }: ServiceState): boolean {
  return openness === 'unchecked' || openness === 'binding';
}

const SETTLE_LIMIT_MS = 600_000;

/** undefined when there is none. Throws a Problem when redisdemo did not create it. */
export async function readState(place: CloudRunPlace, google: GoogleApi): Promise<ServiceState | undefined> {
  const view = valueOf(shaped(SERVICE_VIEW, await google.ask(readService(place), VIEW)), place, google);
  if (!view) return undefined;
  const { isOurs, isCheckOff, ...state } = view;
  if (!isOurs) throw foreign(place);
  return { ...state, openness: isCheckOff ? 'unchecked' : await policyOpenness(place, google) };
}

/** Waits until no change is under way: one of an earlier run that was broken off continues at Google. */
export async function settledState(
  place: CloudRunPlace,
  google: GoogleApi,
  working: WorkContext,
): Promise<ServiceState | undefined> {
  const what = `the service ${place.service} to settle`;
  const ask = async (): Promise<Answer<ServiceState | undefined>> => {
    const state = await readState(place, google);
    return state && isSettling(state.service) ? absent('a change is under way') : ok(state);
  };
  return waitFor({ what, limitMs: SETTLE_LIMIT_MS, ask, quiet: true }, working);
}

async function policyOpenness(place: CloudRunPlace, google: GoogleApi): Promise<Openness> {
  const answer = shaped(POLICY_VIEW, await google.ask(readPolicy(place), `{policy: ., isOpen: ${IS_OPEN_TO_ALL}}`));
  if (answer.kind === 'failed' && answer.code === 'PERMISSION_DENIED') return 'unknown';
  return valueOf(answer, place, google)?.isOpen === true ? 'binding' : 'closed';
}

/** The newest first. */
export async function readRevisions(place: CloudRunPlace, google: GoogleApi): Promise<readonly RevisionJson[]> {
  const items = valueOf(shaped(REVISIONS, await google.ask(readRevisionList(place))), place, google) ?? [];
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
