/** Images and source archives built for a service, as steps that remove them. */
import * as v from 'valibot';
import type { CommandCall } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import { unanswered } from '../failures/failures.ts';
import { shaped } from '../google/answer.ts';
import { gcloud, inProject } from '../google/gcloud.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { listed, read } from '../google/read.ts';
import { googleStep } from '../google/step.ts';
import type { CloudRunPlace } from '../place/place.ts';

/** gcloud's repository, shared by all services of a region. */
export const REPOSITORY = 'cloud-run-source-deploy';

/** gcloud 528, command_lib/run/sourcedeploys/sources.py: where it keeps the source archives of a region. */
export function bucketOf({ project, region }: CloudRunPlace): string {
  const safe = project.replaceAll(/[:.]/g, '_').replaceAll('google', 'elgoog');
  return `run-sources-${safe}-${region}`;
}

/** In the bucket. What was built in another region is in a subfolder of that name. */
export const archiveFolder = ({ service }: CloudRunPlace): string => `services/${service}/`;

export function imageName({ project, region, service }: CloudRunPlace): string {
  return `${region}-docker.pkg.dev/${project}/${REPOSITORY}/${service}`;
}

export const NOT_FOUND = 'NOT_FOUND|not found|matched no objects';
/**
 * For removals: with an API that is off, nothing can have been made. Before a creation that proves nothing, because Google
 * calls an API off for some minutes after it was turned on: then the question is asked again.
 */
export const NOTHING_MADE = `${NOT_FOUND}|SERVICE_DISABLED|has not been used in project`;

interface Built {
  readonly steps: readonly Step[];
  /** Build regions other than the service's. */
  readonly regions: readonly string[];
}

/** @param since in seconds: anything older was not made by redisdemo */
export async function builtSince(place: CloudRunPlace, since: number, google: GoogleApi): Promise<Built> {
  const list = async <T>(call: CommandCall, item: v.GenericSchema<unknown, T>): Promise<readonly T[]> => {
    const answer = shaped(v.array(item), await google.ask(call));
    if (answer.kind === 'failed')
      throw unanswered('What was built is not known', answer, { ...place, caller: google.caller });
    return answer.kind === 'ok' ? answer.value : [];
  };
  const [images, archives] = await Promise.all([list(imageList(place), IMAGE), list(archiveList(place), ARCHIVE)]);
  const urls = archives
    .filter(({ creation_time: time }) => isSince(since, time))
    .map(({ storage_url: url }) => url.replace(/#\d+$/, ''));
  const folder = `/${archiveFolder(place)}`;
  const regions = urls.flatMap((url) => /^([^/]+)\//.exec(url.split(folder, 2)[1] ?? '')?.[1] ?? []);
  return {
    steps: [
      ...(urls.length === 0 ? [] : [archivesStep(place, urls)]),
      ...images.filter(({ createTime }) => isSince(since, createTime)).map((image) => imageStep(place, image)),
    ],
    regions: [...new Set(regions)],
  };
}

/** Some of Google's times are whole seconds, others have fractions. */
const isSince = (since: number, time: string): boolean => Date.parse(time) / 1000 >= since - 1;

const IMAGE = v.object({ package: v.string(), version: v.string(), createTime: v.string() });
type Image = v.InferOutput<typeof IMAGE>;

function imageList(place: CloudRunPlace): CommandCall {
  const { project, region, service } = place;
  const name = imageName(place);
  const repository = `projects/${project}/locations/${region}/repositories/${REPOSITORY}`;
  const url = `https://artifactregistry.googleapis.com/v1/${repository}/packages/${service}/versions?pageSize=1000`;
  const printed = listed('versions', (version: { readonly name: string; readonly createTime: string }) => {
    return { package: name, version: version.name.replace(/^.*\//, ''), createTime: version.createTime };
  });
  const words = ['artifacts', 'docker', 'images', 'list', name, inProject(place)];
  return read(words, url, { absent: NOTHING_MADE, printed });
}

function imageStep(place: CloudRunPlace, { package: name, version }: Image): Step {
  const remove = ['artifacts', 'docker', 'images', 'delete', `${name}@${version}`, '--delete-tags', inProject(place)];
  return googleStep({
    id: `image-${version}`,
    title: 'build the image',
    thing: `image ${place.service}@${version.slice(0, 19)}`,
    find: { call: imageList(place), select: `.[] | select(.version == "${version}") | .version` },
    remove: gcloud(remove, { absent: NOTHING_MADE }),
  });
}

/** The URL ends with `#` and the number of a generation. */
const ARCHIVE = v.object({ storage_url: v.string(), creation_time: v.string() });

function archiveList(place: CloudRunPlace): CommandCall {
  const [bucket, folder] = [bucketOf(place), archiveFolder(place)];
  const url = `https://storage.googleapis.com/storage/v1/b/${bucket}/o?maxResults=1000&prefix=${encodeURIComponent(folder)}`;
  const printed = listed('items', ({ name, timeCreated }: { readonly name: string; readonly timeCreated: string }) => {
    return { storage_url: `gs://${bucket}/${name}`, creation_time: timeCreated };
  });
  const words = ['storage', 'objects', 'list', `gs://${bucket}/${folder}**`, inProject(place)];
  return read(words, url, { absent: NOTHING_MADE, printed });
}

function archivesStep(place: CloudRunPlace, urls: readonly string[]): Step {
  const isThere = `select((.storage_url | split("#") | .[0]) as $url | ${JSON.stringify(urls)} | any(.[]; . == $url)) | .storage_url`;
  return googleStep({
    id: 'sources',
    title: 'upload the source',
    thing: `${String(urls.length)} source archive${urls.length === 1 ? '' : 's'}`,
    find: { call: archiveList(place), select: `.[] | ${isThere}` },
    remove: gcloud(['storage', 'rm', ...urls, inProject(place)], { absent: NOTHING_MADE }),
  });
}
