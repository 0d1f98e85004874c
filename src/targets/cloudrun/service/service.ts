/** A service of Cloud Run as its API describes it (Knative Serving's Service), and what it says. */
import type { Condition, ServiceJson } from './service-shape.ts';
import { PREVIOUS, SINCE_LABEL } from './settings.ts';

type Traffic = NonNullable<NonNullable<ServiceJson['status']>['traffic']>;

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

/** Percent of the requests that a revision gets. It can have several entries: one for each tag, and one as the latest. */
export function shareOf(service: ServiceJson, revision: string | undefined): number {
  const entries = trafficOf(service).filter(({ revisionName }) => revision !== undefined && revisionName === revision);
  return entries.reduce((sum, { percent = 0 }) => sum + percent, 0);
}

/** The name of the revision that served before. */
export function previousOf(service: ServiceJson): string | undefined {
  return trafficOf(service).find(({ tag }) => tag === PREVIOUS)?.revisionName;
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
