/** Cloud Run's services and revisions (Knative Serving), as they must be to be used: https://cloud.google.com/run/docs/reference/rest/v1 */
import * as v from 'valibot';
import { listOf } from '../google/answer.ts';
import { PREVIOUS, SINCE_LABEL } from './settings.ts';

/** Google treats a null field as absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutNulls(field)]));
}

const TEXTS = v.optional(v.record(v.string(), v.string()));
const TEXT = v.optional(v.string());
const DATE = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'not a date'),
);

const CONDITION = v.object({ type: v.string(), status: v.string(), reason: TEXT, message: TEXT });
const CONDITIONS = v.optional(v.array(CONDITION));

const VARIABLES = v.optional(
  v.array(v.looseObject({ name: v.string(), value: TEXT, valueFrom: v.optional(v.unknown()) })),
);

const CONTAINER = v.looseObject({
  image: v.string(),
  env: VARIABLES,
  resources: v.optional(v.looseObject({ limits: v.optional(v.looseObject({ memory: TEXT, cpu: TEXT })) })),
});

const TEMPLATE = v.looseObject({
  spec: v.looseObject({
    containers: v.array(CONTAINER),
    containerConcurrency: v.optional(v.number()),
    timeoutSeconds: v.optional(v.number()),
    serviceAccountName: TEXT,
  }),
});

const TRAFFIC = v.looseObject({
  revisionName: TEXT,
  latestRevision: v.optional(v.boolean()),
  percent: v.optional(v.number()),
  tag: TEXT,
  url: TEXT,
});

const SERVICE_FIELDS = v.looseObject({
  metadata: v.looseObject({
    name: v.string(),
    creationTimestamp: DATE,
    generation: v.optional(v.number()),
    labels: TEXTS,
    annotations: TEXTS,
  }),
  spec: v.looseObject({ template: TEMPLATE }),
  status: v.optional(
    v.looseObject({
      url: TEXT,
      observedGeneration: v.optional(v.number()),
      latestCreatedRevisionName: TEXT,
      latestReadyRevisionName: TEXT,
      conditions: CONDITIONS,
      traffic: v.optional(v.array(TRAFFIC)),
    }),
  ),
});

const REVISION_FIELDS = v.looseObject({
  metadata: v.looseObject({ name: v.string(), creationTimestamp: DATE, annotations: TEXTS }),
  status: v.optional(v.looseObject({ conditions: CONDITIONS })),
});

const POLICY_FIELDS = v.object({ bindings: listOf(v.object({ role: v.string(), members: listOf(v.string()) })) });

const read = <T>(schema: v.GenericSchema<unknown, T>) => v.pipe(v.unknown(), v.transform(withoutNulls), schema);

/** What VIEW of reads.ts selects. */
export const SERVICE_VIEW = read(
  v.object({
    service: SERVICE_FIELDS,
    url: v.optional(v.string(), ''),
    isOurs: v.boolean(),
    isCheckOff: v.boolean(),
    serving: v.array(TRAFFIC),
    candidate: v.optional(TRAFFIC),
    pinnedTo: TEXT,
  }),
);
export const REVISIONS = read(v.array(REVISION_FIELDS));
export const POLICY = read(POLICY_FIELDS);
export const POLICY_VIEW = read(v.object({ policy: POLICY_FIELDS, isOpen: v.boolean() }));

export type ServiceView = v.InferOutput<typeof SERVICE_VIEW>;
export type ServiceJson = v.InferOutput<typeof SERVICE_FIELDS>;
export type RevisionJson = v.InferOutput<typeof REVISION_FIELDS>;
type Condition = v.InferOutput<typeof CONDITION>;

type Traffic = NonNullable<NonNullable<ServiceJson['status']>['traffic']>;

/** Seconds; the time of its creation where no label says it. */
export function sinceOf({ metadata }: ServiceJson): number {
  const written = Number(metadata.labels?.[SINCE_LABEL]);
  return written > 0 ? written : Math.floor(Date.parse(metadata.creationTimestamp) / 1000);
}

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

export function previousOf(service: ServiceJson): string | undefined {
  return trafficOf(service).find(({ tag }) => tag === PREVIOUS)?.revisionName;
}

/** https://cloud.google.com/run/docs/securing/ingress */
export function ingressOf({ metadata }: ServiceJson): string {
  return metadata.annotations?.['run.googleapis.com/ingress'] ?? 'all';
}
