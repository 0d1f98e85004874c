/** What runs on Cloud Run, in words. */
import type { Systems } from '../../../plan/systems.ts';
import type { Working } from '../../../plan/wait.ts';
import { openGoogle } from '../google/google-api.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { idleCost } from './cost.ts';
import type { Limits } from './limits.ts';
import type { RevisionJson, ServiceJson } from './service-shape.ts';
import { readyOf, trafficOf, urlOf } from './service.ts';
import { isPublic, readRevisions, readState } from './state.ts';

export interface CloudRunStatus extends CloudRunPlace {
  readonly state: 'absent' | 'partial' | 'ready';
  readonly reason?: string;
  readonly url?: string;
  /** Absent where the login may not see who can call it. */
  readonly public?: boolean;
  readonly traffic?: readonly {
    readonly revision: string;
    readonly percent: number;
    readonly tag?: string;
    readonly since?: string;
  }[];
  readonly pinned?: boolean;
  readonly created?: string;
  readonly image?: string;
  readonly limits?: Limits;
  /** That the service runs as; undefined: the project's default. */
  readonly account?: string;
  /** `host:port`; undefined: users are in memory. */
  readonly redis?: string;
  readonly lastDeployment?: { readonly revision: string; readonly at: string; readonly by?: string };
  readonly cost?: string;
}

export async function cloudRunStatus(
  place: CloudRunPlace,
  systems: Systems,
  working: Working,
): Promise<CloudRunStatus> {
  const google = await openGoogle(systems, working);
  const [state, revisions] = await Promise.all([readState(place, google), readRevisions(place, google)]);
  if (!state) return { ...place, state: 'absent' };
  const { service, openness, serving, pinnedTo } = state;
  const ready = readyOf(service);
  const sinceOfRevision = (name: string | undefined) =>
    revisions.find(({ metadata }) => metadata.name === name)?.metadata.creationTimestamp;
  return {
    ...place,
    state: serving.length > 0 && ready?.status === 'True' ? 'ready' : 'partial',
    ...(ready?.status !== 'True' && { reason: ready?.message?.split('\n', 1)[0] ?? 'a change is under way' }),
    url: urlOf(service),
    ...(openness !== 'unknown' && { public: isPublic(state) }),
    created: service.metadata.creationTimestamp,
    pinned: pinnedTo !== undefined,
    ...madeOf(service),
    ...lastDeployment(revisions, service),
    cost: idleCost(minOf(service.metadata.annotations), limitsOf(service)),
    traffic: trafficOf(service).map(({ revisionName, percent = 0, tag }) => {
      const since = sinceOfRevision(revisionName);
      return {
        revision: revisionName ?? '',
        percent,
        ...(tag !== undefined && { tag }),
        ...(since !== undefined && { since }),
      };
    }),
  };
}

/** As the newest revision is, whether it has the traffic or not. */
function madeOf(service: ServiceJson): Partial<CloudRunStatus> {
  const { containers, serviceAccountName: account } = service.spec.template.spec;
  const [{ image, env = [] } = { image: '' }] = containers;
  const [host, port] = ['REDISHOST', 'REDISPORT'].map((name) => env.find((variable) => variable.name === name)?.value);
  return {
    image,
    limits: limitsOf(service),
    ...(account !== undefined && { account }),
    ...(host !== undefined && { redis: `${host}:${port ?? '6379'}` }),
  };
}

/** Defaults are Cloud Run's: https://cloud.google.com/run/docs/reference/rest/v1/RevisionSpec */
function limitsOf({ spec }: ServiceJson): Limits {
  const { containers, containerConcurrency = 80, timeoutSeconds = 300 } = spec.template.spec;
  const { memory = '512Mi', cpu = '1' } = containers[0]?.resources?.limits ?? {};
  return {
    memory,
    cpu: cpu.endsWith('m') ? Number.parseInt(cpu) / 1000 : Number(cpu),
    concurrency: containerConcurrency,
    timeoutS: timeoutSeconds,
  };
}

function lastDeployment(revisions: readonly RevisionJson[], { metadata }: ServiceJson): Partial<CloudRunStatus> {
  const [newest] = revisions;
  if (!newest) return {};
  const { name, creationTimestamp: at, annotations } = newest.metadata;
  const by = annotations?.[CREATOR] ?? metadata.annotations?.['serving.knative.dev/lastModifier'];
  return { lastDeployment: { revision: name, at, ...(by !== undefined && { by }) } };
}

/** Of a revision, as Knative Serving writes it down. */
const CREATOR = 'serving.knative.dev/creator';

function minOf(annotations: Readonly<Record<string, string>> = {}): number {
  return Number(annotations['run.googleapis.com/minScale'] ?? 0);
}
