/** The builds of a service, the newest first: by the tag that `run deploy --source` and build-step.ts give them. */
import type { CommandCall } from '../../../plan/call.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import type { CloudRunPlace } from '../place/place.ts';

const filterOf = ({ service }: CloudRunPlace): string => `tags=service_${service}`;

/** A page can hold fewer builds than there are, even none: only one without `nextPageToken` is the last. */
export function buildsUrl(place: CloudRunPlace, pageSize: number): string {
  const { project, region } = place;
  const builds = `https://cloudbuild.googleapis.com/v1/projects/${project}/locations/${region}/builds`;
  return `${builds}?pageSize=${String(pageSize)}&filter=${encodeURIComponent(filterOf(place))}`;
}

export function buildsCall(place: CloudRunPlace, ...flags: readonly string[]): CommandCall {
  return gcloud(['builds', 'list', ...inRegion(place), `--filter=${filterOf(place)}`, ...flags]);
}
