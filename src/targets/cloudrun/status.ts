/** What runs on Cloud Run, in words. */
import type { Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import { idleCost } from './cost.ts';
import { openGoogle } from './google-api.ts';
import { isPinned, readyOf, servingOf, trafficOf, urlOf } from './service.ts';
import type { CloudRunPlace } from './settings.ts';
import { readRevisions, readState } from './state.ts';

export interface CloudRunStatus extends CloudRunPlace {
  readonly state: 'absent' | 'partial' | 'ready';
  readonly reason?: string;
  readonly url?: string;
  readonly public?: boolean;
  readonly traffic?: readonly {
    readonly revision: string;
    readonly percent: number;
    readonly tag?: string;
    readonly since?: string;
  }[];
  readonly pinned?: boolean;
  readonly created?: string;
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
  const { service, openness } = state;
  const ready = readyOf(service);
  const serves = servingOf(service).length > 0;
  const sinceOfRevision = (name: string | undefined) =>
    revisions.find(({ metadata }) => metadata.name === name)?.metadata.creationTimestamp;
  return {
    ...place,
    state: serves && ready?.status === 'True' ? 'ready' : 'partial',
    ...(ready?.status !== 'True' && { reason: ready?.message?.split('\n', 1)[0] ?? 'a change is under way' }),
    url: urlOf(service),
    public: openness !== 'closed',
    created: service.metadata.creationTimestamp,
    pinned: isPinned(service),
    cost: idleCost(minOf(service.metadata.annotations)),
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

function minOf(annotations: Readonly<Record<string, string>> = {}): number {
  return Number(annotations['run.googleapis.com/minScale'] ?? 0);
}

export function destroyCommandFor({ project, region, service }: CloudRunPlace): string {
  return `redisdemo destroy cloudrun --project ${project} --region ${region} --service ${service}`;
}
