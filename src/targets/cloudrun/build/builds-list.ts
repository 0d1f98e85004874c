/** The builds of a service, the newest first: by the tag that `run deploy --source` and build-step.ts give them. */
import type { CommandCall } from '../../../plan/call.ts';
import { inRegion } from '../google/gcloud.ts';
import { read } from '../google/read.ts';
import type { CloudRunPlace } from '../place/place.ts';

interface Page {
  readonly pageSize: number;
  readonly token?: string | undefined;
}

/**
 * A page can hold fewer builds than there are, even none: only one without `nextPageToken` is the last.
 * @param flags with which gcloud gives the same
 */
export function readBuilds(
  place: CloudRunPlace,
  flags: readonly string[],
  { pageSize, token }: Page,
  more: Parameters<typeof read>[2] = {},
): CommandCall {
  const { project, region, service } = place;
  const filter = `tags=service_${service}`;
  const query = [
    `pageSize=${String(pageSize)}&filter=${encodeURIComponent(filter)}`,
    ...(token === undefined ? [] : [`pageToken=${encodeURIComponent(token)}`]),
  ];
  const url = `https://cloudbuild.googleapis.com/v1/projects/${project}/locations/${region}/builds?${query.join('&')}`;
  return read(['builds', 'list', ...inRegion(place), `--filter=${filter}`, ...flags], url, more);
}
