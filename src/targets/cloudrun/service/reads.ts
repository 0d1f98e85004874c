/** What Google is asked about a service. */
import type { CommandCall, Question } from '../../../plan/call.ts';
import { inRegion } from '../google/gcloud.ts';
import { read } from '../google/read.ts';
import type { CloudRunPlace } from '../place/place.ts';

/** A missing service, as gcloud says it. */
const ABSENT = 'Cannot find service';

export const namespaceUrl = ({ project, region }: CloudRunPlace): string =>
  `https://${region}-run.googleapis.com/apis/serving.knative.dev/v1/namespaces/${project}`;

export function readService(place: CloudRunPlace): CommandCall {
  const words = ['run', 'services', 'describe', place.service, ...inRegion(place)];
  return read(words, `${namespaceUrl(place)}/services/${place.service}`, { absent: ABSENT });
}

/** Who can do what with it. */
export function readPolicy(place: CloudRunPlace): CommandCall {
  const { project, region, service } = place;
  const url = `https://run.googleapis.com/v1/projects/${project}/locations/${region}/services/${service}:getIamPolicy`;
  return read(['run', 'services', 'get-iam-policy', service, ...inRegion(place)], url);
}

export function readRevisionList(place: CloudRunPlace): CommandCall {
  const selector = encodeURIComponent(`serving.knative.dev/service=${place.service}`);
  const words = ['run', 'revisions', 'list', `--service=${place.service}`, ...inRegion(place)];
  return read(words, `${namespaceUrl(place)}/revisions?labelSelector=${selector}`);
}

export const askService = (place: CloudRunPlace, select: string): Question => ({ call: readService(place), select });
