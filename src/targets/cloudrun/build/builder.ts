/** Who builds the image, and what was built last. */
import * as v from 'valibot';
import { inRegion } from '../google/gcloud.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { read } from '../google/read.ts';
import { listOf, shaped } from '../google/shape.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { POLICY } from '../service/service-shape.ts';
import { readBuilds } from './builds-list.ts';

const DEFAULT_ACCOUNT = v.object({ serviceAccountEmail: v.string() });

/**
 * The account that builds where none is named, as gcloud 528 asks for it (command_lib/run/build_util.py): it depends on
 * when the project was made, and on policies. undefined where Google does not say.
 * https://cloud.google.com/build/docs/api/reference/rest/v1/projects.locations/getDefaultServiceAccount
 */
export async function defaultBuilder(place: CloudRunPlace, google: GoogleApi): Promise<string | undefined> {
  const { project, region } = place;
  const url = `https://cloudbuild.googleapis.com/v1/projects/${project}/locations/${region}/defaultServiceAccount`;
  const words = ['builds', 'get-default-service-account', ...inRegion(place)];
  const answer = shaped(DEFAULT_ACCOUNT, await google.ask(read(words, url)));
  return answer.kind === 'ok' ? answer.value.serviceAccountEmail.replace(/^.*\//, '') : undefined;
}

const ROLES: ReadonlySet<string> = new Set([
  'roles/run.builder',
  'roles/cloudbuild.builds.builder',
  'roles/editor',
  'roles/owner',
]);

/** True when a role to build is seen on the account; one of a folder above is not seen. undefined where nobody may look. */
export async function mayBuild(project: string, account: string, google: GoogleApi): Promise<boolean | undefined> {
  const url = `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:getIamPolicy`;
  const answer = shaped(POLICY, await google.ask(read(['projects', 'get-iam-policy', project], url, { body: {} })));
  if (answer.kind !== 'ok') return undefined;
  const member = `serviceAccount:${account}`;
  return answer.value.bindings.some(({ role, members }) => ROLES.has(role) && members.includes(member));
}

/** Of pages without a build, before the question is given up. */
const MOST_PAGES = 20;

const BUILD = v.object({ id: v.string() });
/** Of the API, and of gcloud, which reads all pages by itself. */
const BUILDS = v.union([
  v.pipe(
    v.array(BUILD),
    v.transform((builds) => ({ builds, nextPageToken: undefined })),
  ),
  v.object({ builds: listOf(BUILD), nextPageToken: v.nullish(v.string()) }),
]);

/** The id of the newest build of a service; undefined when there was none. */
export async function newestBuild(place: CloudRunPlace, google: GoogleApi): Promise<string | undefined> {
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = shaped(BUILDS, await google.ask(readBuilds(place, ['--limit=1'], { pageSize: 1, token })));
    if (answer.kind !== 'ok') return undefined;
    const { builds, nextPageToken } = answer.value;
    if (builds[0]) return builds[0].id;
    if (typeof nextPageToken !== 'string') return undefined;
    token = nextPageToken;
  }
  return undefined;
}
