import * as v from 'valibot';
import { shaped } from '../google/answer.ts';
import { inRegion } from '../google/gcloud.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { read } from '../google/read.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { POLICY } from '../service/service.ts';

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

/** Sees roles on the project, not those on a folder above it. undefined where the policy cannot be read. */
export async function mayBuild(project: string, account: string, google: GoogleApi): Promise<boolean | undefined> {
  const url = `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:getIamPolicy`;
  const answer = shaped(POLICY, await google.ask(read(['projects', 'get-iam-policy', project], url, { body: {} })));
  if (answer.kind !== 'ok') return undefined;
  const member = `serviceAccount:${account}`;
  return answer.value.bindings.some(({ role, members }) => ROLES.has(role) && members.includes(member));
}
