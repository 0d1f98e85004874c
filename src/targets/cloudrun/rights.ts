/** The rights that a deployment needs, and the role that gives each. Google itself misses some only after the build. */
import { Problem } from '../../problem.ts';
import type { GoogleApi } from './google-api.ts';
import type { CloudRunSettings } from './settings.ts';

const ACT_AS = 'iam.serviceAccounts.actAs';

/** https://cloud.google.com/run/docs/reference/iam/roles#additional-configuration */
const ROLES: Readonly<Record<string, string>> = {
  'run.services.create': 'roles/run.admin',
  'run.services.get': 'roles/run.admin',
  'run.services.update': 'roles/run.admin',
  'run.services.setIamPolicy': 'roles/run.admin',
  'cloudbuild.builds.create': 'roles/cloudbuild.builds.editor',
  'storage.objects.create': 'roles/storage.admin',
  'artifactregistry.repositories.create': 'roles/artifactregistry.admin',
  'secretmanager.secrets.create': 'roles/secretmanager.admin',
  'secretmanager.versions.add': 'roles/secretmanager.admin',
  'secretmanager.secrets.setIamPolicy': 'roles/secretmanager.admin',
  [ACT_AS]: 'roles/iam.serviceAccountUser',
};

function rightsFor({ source, connection, private: isPrivate }: CloudRunSettings): readonly string[] {
  return Object.keys(ROLES).filter((right) => {
    if (right === 'run.services.setIamPolicy') return !isPrivate;
    if (right.startsWith('secretmanager.')) return connection?.password !== undefined;
    return source.kind === 'folder' || !/^(?:cloudbuild|storage|artifactregistry)\./.test(right);
  });
}

interface Asking {
  /** That the service runs as. */
  readonly account: string;
  /** Who is logged in, as a member of a policy. */
  readonly caller: string;
}

/** Throws a Problem that names every right that is missing. One that cannot be asked for counts as there. */
export async function checkRights(
  settings: CloudRunSettings,
  { account, caller }: Asking,
  google: GoogleApi,
): Promise<void> {
  const { project } = settings;
  const wanted = rightsFor(settings);
  const url = `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:testIamPermissions`;
  const held = await heldOf(url, wanted, google);
  if (held === undefined) return;
  const missing = wanted.filter((right) => !held.includes(right));
  if (missing.includes(ACT_AS) && (await mayActAs(project, account, google)))
    missing.splice(missing.indexOf(ACT_AS), 1);
  if (missing.length === 0) return;
  const roles = [...new Set(missing.map((right) => ROLES[right]))];
  const lines = roles.map(
    (role) => `gcloud projects add-iam-policy-binding ${project} --member=${caller} --role=${String(role)}`,
  );
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
  const answer = await google.ask(url, { permissions });
  if (answer.kind !== 'ok') return undefined;
  return (answer.value as { permissions?: readonly string[] }).permissions ?? [];
}
