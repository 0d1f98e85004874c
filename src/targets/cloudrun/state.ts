/** What there is of a service now, asked of Google. */
import { absent, ok, type Answer } from '../../plan/answer.ts';
import { waitFor, type Working } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import type { GoogleApi } from './google-api.ts';
import {
  isInvokerCheckOff,
  isOurs,
  isSettling,
  namespaceUrl,
  readyOf,
  type ConditionJson,
  type ServiceJson,
} from './service.ts';
import type { CloudRunPlace } from './settings.ts';

/** How everybody is let in: without the check, by a right for all, or not at all. */
export type Openness = 'unchecked' | 'binding' | 'closed';

export interface ServiceState {
  readonly service: ServiceJson;
  readonly openness: Openness;
}

const SETTLE_LIMIT_MS = 600_000;
const INVOKER = 'roles/run.invoker';

/** undefined when there is none. Throws a Problem for one that is not ours. */
export async function readState(place: CloudRunPlace, google: GoogleApi): Promise<ServiceState | undefined> {
  const service = valueOf(await google.ask(`${namespaceUrl(place)}/services/${place.service}`), place);
  if (service === undefined) return undefined;
  if (!isOurs(service as ServiceJson)) throw foreign(place);
  return { service: service as ServiceJson, openness: await opennessOf(service as ServiceJson, place, google) };
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
  const answer = await google.ask(
    `https://run.googleapis.com/v1/projects/${project}/locations/${region}/services/${name}:getIamPolicy`,
  );
  if (answer.kind !== 'ok') return 'closed';
  const { bindings = [] } = answer.value as { bindings?: readonly { role: string; members?: readonly string[] }[] };
  const isOpen = bindings.some(({ role, members = [] }) => role === INVOKER && members.includes('allUsers'));
  return isOpen ? 'binding' : 'closed';
}

export interface RevisionJson {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly status?: { readonly conditions?: readonly ConditionJson[] };
}

/** The newest first. */
export async function readRevisions(place: CloudRunPlace, google: GoogleApi): Promise<readonly RevisionJson[]> {
  const selector = encodeURIComponent(`serving.knative.dev/service=${place.service}`);
  const list = valueOf(await google.ask(`${namespaceUrl(place)}/revisions?labelSelector=${selector}`), place);
  const { items = [] } = (list ?? {}) as { items?: readonly RevisionJson[] };
  return items.toSorted((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
}

export const isReady = (revision: RevisionJson): boolean => readyOf(revision)?.status === 'True';

function valueOf(answer: Answer<unknown>, { project, region }: CloudRunPlace): unknown {
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'absent') return undefined;
  throw new Problem(answer.code === 'PERMISSION_DENIED' ? 'not_permitted' : 'system_failed', {
    message: `Cloud Run in ${project}, ${region}: ${answer.reason}`,
    hint: 'Are the project and the region right, and may you see Cloud Run there (roles/run.viewer)?',
  });
}

function foreign({ service, region }: CloudRunPlace): Problem {
  return new Problem('foreign', {
    message: `The service ${service} in ${region} is there already, and not ours: it lacks our label.`,
    hint: 'Choose another name: --service NAME',
  });
}
