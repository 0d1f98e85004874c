/** A service of Cloud Run as its API describes it (Knative Serving's Service), and what it says. */
import { LABEL } from '../../../plan/action.ts';
import type { CommandCall, Question } from '../../../plan/call.ts';
import { api } from '../google/api.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import { type CloudRunPlace } from '../place/place.ts';
import type { Condition, ServiceJson } from './service-shape.ts';
import { CANDIDATE, LABEL_VALUE, PREVIOUS, SINCE_LABEL } from './settings.ts';

type Traffic = NonNullable<NonNullable<ServiceJson['status']>['traffic']>;

/** A missing service, as gcloud says it. */
const ABSENT = 'Cannot find service';

export const namespaceUrl = ({ project, region }: CloudRunPlace): string =>
  `https://${region}-run.googleapis.com/apis/serving.knative.dev/v1/namespaces/${project}`;

export function describeCall(place: CloudRunPlace): CommandCall {
  return gcloud(['run', 'services', 'describe', place.service, ...inRegion(place)], { absent: ABSENT });
}

export function askService(place: CloudRunPlace, select: string): Question {
  const quick = api(`${namespaceUrl(place)}/services/${place.service}`);
  return { call: { ...describeCall(place), quick }, select };
}

export const isOurs = ({ metadata }: ServiceJson): boolean => metadata.labels?.[LABEL] === LABEL_VALUE;

/** Seconds; the time of its creation where nobody has written it down. */
export function sinceOf({ metadata }: ServiceJson): number {
  const written = Number(metadata.labels?.[SINCE_LABEL]);
  return written > 0 ? written : Math.floor(Date.parse(metadata.creationTimestamp) / 1000);
}

/** A change is still under way. */
export function isSettling({ metadata, status = {} }: ServiceJson): boolean {
  const isRead = metadata.generation === undefined || status.observedGeneration === metadata.generation;
  return !isRead || readyOf({ status })?.status === 'Unknown';
}

export function readyOf({ status }: Pick<ServiceJson, 'status'>): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

export const trafficOf = ({ status }: ServiceJson): Traffic => status?.traffic ?? [];

/** What gets requests, the most first. */
export function servingOf(service: ServiceJson): Traffic {
  return trafficOf(service)
    .filter(({ percent = 0 }) => percent > 0)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
}

/** Percent of the requests that a revision gets. It can have several entries: one for each tag, and one as the latest. */
export function shareOf(service: ServiceJson, revision: string | undefined): number {
  const entries = trafficOf(service).filter(({ revisionName }) => revision !== undefined && revisionName === revision);
  return entries.reduce((sum, { percent = 0 }) => sum + percent, 0);
}

export function candidateOf(service: ServiceJson): Traffic[number] | undefined {
  return trafficOf(service).find(({ tag }) => tag === CANDIDATE);
}

/** The name of the revision that served before. */
export function previousOf(service: ServiceJson): string | undefined {
  return trafficOf(service).find(({ tag }) => tag === PREVIOUS)?.revisionName;
}

/** All of it goes to the newest revision, and will go to the next. */
function followsLatest(service: ServiceJson): boolean {
  const [first, ...rest] = servingOf(service);
  return rest.length === 0 && first?.latestRevision === true;
}

/**
 * Somebody has chosen where the traffic goes: to several revisions, or to an older one. A release of ours that was
 * broken off also leaves it with the older one, but the newer one is then tagged as the candidate.
 */
export function isPinned(service: ServiceJson): boolean {
  if (followsLatest(service)) return false;
  const serving = servingOf(service);
  const latest = service.status?.latestReadyRevisionName;
  if (serving.length !== 1) return serving.length > 1;
  return serving[0]?.revisionName !== latest && candidateOf(service)?.revisionName !== latest;
}

/** `status.url` is absent when the name is too long for it: then the annotation has the addresses. */
export function urlOf({ metadata, status }: ServiceJson): string {
  return status?.url ?? firstUrl(metadata.annotations?.['run.googleapis.com/urls']) ?? '';
}

function firstUrl(list = '[]'): string | undefined {
  try {
    const [first] = JSON.parse(list) as readonly unknown[];
    return typeof first === 'string' ? first : undefined;
  } catch {
    return undefined;
  }
}

/** From where it can be reached: https://cloud.google.com/run/docs/securing/ingress */
export function ingressOf({ metadata }: ServiceJson): string {
  return metadata.annotations?.['run.googleapis.com/ingress'] ?? 'all';
}

/** gcloud writes `True`. */
export function isInvokerCheckOff({ metadata }: ServiceJson): boolean {
  return metadata.annotations?.['run.googleapis.com/invoker-iam-disabled']?.toLowerCase() === 'true';
}
