/** The rights that a deployment needs. Google itself misses some only after the build. */
import * as v from 'valibot';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { grant } from '../failures/failure.ts';
import { ACT_AS, roleFor } from '../failures/roles.ts';
import { listOf, shaped } from '../google/answer.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { identityFor } from '../google/identity.ts';
import { readWithoutGcloud } from '../google/read.ts';
import { accountUrl } from '../place/accounts.ts';
import type { CloudRunPlace } from '../place/place.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import { isPublic, type Openness, type ServiceState } from '../service/state.ts';

const SET_POLICY = 'run.services.setIamPolicy';
const GET_POLICY = 'run.services.getIamPolicy';

/**
 * https://cloud.google.com/run/docs/reference/iam/roles#additional-configuration. Before it uploads the source, gcloud
 * 528 looks for its bucket, makes it, and asks whose it is (command_lib/run/sourcedeploys/sources.py).
 */
const RIGHTS: readonly string[] = [
  'run.services.create',
  'run.services.get',
  'run.services.update',
  SET_POLICY,
  GET_POLICY,
  'cloudbuild.builds.create',
  'storage.buckets.get',
  'storage.buckets.create',
  'storage.buckets.list',
  'storage.objects.create',
  'artifactregistry.repositories.create',
  'secretmanager.secrets.create',
  'secretmanager.versions.add',
  'secretmanager.secrets.setIamPolicy',
  ACT_AS,
];

/** What `gcloud builds submit` waits with, and what build-step.ts asks before it. */
const BUILD_RIGHTS: readonly string[] = [
  'cloudbuild.builds.get',
  'artifactregistry.repositories.get',
  'artifactregistry.tags.list',
];

const HELD = v.object({ permissions: listOf(v.string()) });

function rightsFor(settings: CloudRunSettings, openness: Openness | undefined): readonly string[] {
  const { source, buildRegion, connection, private: isPrivate, promote } = settings;
  return [...RIGHTS, ...(buildRegion === undefined ? [] : BUILD_RIGHTS)].filter((right) => {
    // To close a service, a right for everybody is taken out of its policy; a candidate leaves it as it is.
    if (right === SET_POLICY) return !isPrivate || (promote && openness === 'binding');
    if (right === GET_POLICY) return isPrivate && promote && openness !== undefined && openness !== 'closed';
    if (right.startsWith('secretmanager.')) return connection?.password !== undefined;
    return source.kind === 'folder' || !/^(?:cloudbuild|storage|artifactregistry)\./.test(right);
  });
}

/**
 * Throws a Problem that names every missing right. A right that cannot be checked counts as there.
 * @param openness undefined where there is no service, or where that could not be read
 */
export async function checkRights(
  settings: CloudRunSettings,
  account: string,
  openness: Openness | undefined,
  google: GoogleApi,
): Promise<void> {
  const { project } = settings;
  const wanted = rightsFor(settings, openness);
  const url = `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:testIamPermissions`;
  const held = await heldOf(url, wanted, google);
  if (held === undefined) return;
  const missing = wanted.filter((right) => !held.includes(right));
  if (missing.includes(ACT_AS) && (await mayActAs(account, google))) missing.splice(missing.indexOf(ACT_AS), 1);
  if (missing.length === 0) return;
  const roles = [...new Set(missing.flatMap((right) => roleFor(right) ?? []))];
  const lines = roles.map((role) => grant(project, google.caller, role));
  const isOnlyOpening = !settings.private && missing.length === 1 && missing[0] === SET_POLICY;
  throw new Problem('not_permitted', {
    message: `Your account lacks ${missing.length === 1 ? 'this permission' : 'these permissions'} in ${project}: ${missing.join(', ')}.`,
    hint: `${isOnlyOpening ? 'Deploy it with --private, or ask' : 'Ask'} an administrator to run:\n${lines.join('\n')}`,
    details: { missing },
  });
}

/** It may be granted on that one account only. Where Google does not say, it counts as there. */
async function mayActAs(account: string, google: GoogleApi): Promise<boolean> {
  const held = await heldOf(`${accountUrl(account)}:testIamPermissions`, [ACT_AS], google);
  return held === undefined || held.includes(ACT_AS);
}

async function heldOf(
  url: string,
  permissions: readonly string[],
  google: GoogleApi,
): Promise<readonly string[] | undefined> {
  const answer = shaped(HELD, await google.ask(readWithoutGcloud(url, { permissions })));
  return answer.kind === 'ok' ? answer.value.permissions : undefined;
}

/** Throws a Problem when the smoke test will need a token and there is none: a first deployment is closed until it is proven. */
export async function checkIdentity(
  place: CloudRunPlace,
  state: ServiceState | undefined,
  systems: Systems,
  working: WorkContext,
): Promise<undefined> {
  const serves = state?.service.status?.latestReadyRevisionName !== undefined;
  if (state && serves && isPublic(state)) return;
  const audience = state ? state.url : `https://${place.service}.run.app`;
  await identityFor(audience, systems, working.signal);
}
