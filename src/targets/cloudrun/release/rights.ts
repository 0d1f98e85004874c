/** The rights that a deployment needs. Google itself misses some only after the build. */
import * as v from 'valibot';
import { Problem } from '../../../problem.ts';
import { grant } from '../failures/failure.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { ACT_AS, roleFor } from '../failures/roles.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import { listOf, shaped } from '../google/shape.ts';

/**
 * https://cloud.google.com/run/docs/reference/iam/roles#additional-configuration. Before it uploads the source, gcloud
 * 528 looks for its bucket, makes it, and asks whose it is (command_lib/run/sourcedeploys/sources.py).
 */
const RIGHTS: readonly string[] = [
  'run.services.create',
  'run.services.get',
  'run.services.update',
  'run.services.setIamPolicy',
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

/** What `gcloud builds submit` waits with, and what is asked before it: build-step.ts. */
const BUILD_RIGHTS: readonly string[] = [
  'cloudbuild.builds.get',
  'artifactregistry.repositories.get',
  'artifactregistry.tags.list',
];

const HELD = v.object({ permissions: listOf(v.string()) });

function rightsFor({ source, buildRegion, connection, private: isPrivate }: CloudRunSettings): readonly string[] {
  return [...RIGHTS, ...(buildRegion === undefined ? [] : BUILD_RIGHTS)].filter((right) => {
    if (right === 'run.services.setIamPolicy') return !isPrivate;
    if (right.startsWith('secretmanager.')) return connection?.password !== undefined;
    return source.kind === 'folder' || !/^(?:cloudbuild|storage|artifactregistry)\./.test(right);
  });
}

/**
 * Throws a Problem that names every right that is missing. One that cannot be asked for counts as there.
 * @param account that the service runs as
 */
export async function checkRights(settings: CloudRunSettings, account: string, google: GoogleApi): Promise<void> {
  const { project } = settings;
  const wanted = rightsFor(settings);
  const url = `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:testIamPermissions`;
  const held = await heldOf(url, wanted, google);
  if (held === undefined) return;
  const missing = wanted.filter((right) => !held.includes(right));
  if (missing.includes(ACT_AS) && (await mayActAs(project, account, google)))
    missing.splice(missing.indexOf(ACT_AS), 1);
  if (missing.length === 0) return;
  const roles = [...new Set(missing.flatMap((right) => roleFor(right) ?? []))];
  const lines = roles.map((role) => grant(project, google.caller, role));
  const isOnlyOpening = missing.length === 1 && missing[0] === 'run.services.setIamPolicy';
  throw new Problem('not_permitted', {
    message: `You may not do all of this in ${project}: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
    hint: `${isOnlyOpening ? 'Deploy it with --private, or have' : 'Have'} somebody who may run:\n${lines.join('\n')}`,
    details: { missing },
  });
}

/** It may be granted on that one account only. */
async function mayActAs(project: string, account: string, google: GoogleApi): Promise<boolean> {
  const url = `https://iam.googleapis.com/v1/projects/${project}/serviceAccounts/${account}:testIamPermissions`;
  return (await heldOf(url, [ACT_AS], google))?.includes(ACT_AS) === true;
}

async function heldOf(
  url: string,
  permissions: readonly string[],
  google: GoogleApi,
): Promise<readonly string[] | undefined> {
  const answer = shaped(HELD, await google.ask(url, { permissions }));
  return answer.kind === 'ok' ? answer.value.permissions : undefined;
}
