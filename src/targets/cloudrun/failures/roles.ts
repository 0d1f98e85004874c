/**
 * The smallest predefined role that gives a permission: https://cloud.google.com/iam/docs/roles-permissions,
 * https://cloud.google.com/run/docs/reference/iam/roles#additional-configuration
 */

export const ACT_AS = 'iam.serviceAccounts.actAs';

/** By the beginning of the permission's name; the longest one counts. Case is ignored: Cloud Run writes `iam.serviceaccounts.actAs`. */
const ROLES: Readonly<Record<string, string>> = {
  'artifactregistry.': 'roles/artifactregistry.admin',
  'artifactregistry.repositories.downloadArtifacts': 'roles/artifactregistry.reader',
  'artifactregistry.repositories.uploadArtifacts': 'roles/artifactregistry.writer',
  'cloudbuild.': 'roles/cloudbuild.builds.editor',
  'compute.': 'roles/compute.networkUser',
  'iam.serviceAccounts.': 'roles/iam.serviceAccountAdmin',
  'iam.serviceAccounts.get': 'roles/iam.serviceAccountViewer',
  'iam.serviceAccounts.getAccessToken': 'roles/iam.serviceAccountTokenCreator',
  'iam.serviceAccounts.getOpenIdToken': 'roles/iam.serviceAccountOpenIdTokenCreator',
  [ACT_AS]: 'roles/iam.serviceAccountUser',
  'logging.': 'roles/logging.viewer',
  'orgpolicy.': 'roles/orgpolicy.policyViewer',
  'resourcemanager.projects.': 'roles/browser',
  'resourcemanager.projects.setIamPolicy': 'roles/resourcemanager.projectIamAdmin',
  'run.': 'roles/run.admin',
  'secretmanager.': 'roles/secretmanager.admin',
  'serviceusage.services.': 'roles/serviceusage.serviceUsageAdmin',
  'serviceusage.services.use': 'roles/serviceusage.serviceUsageConsumer',
  'storage.': 'roles/storage.admin',
  'vpcaccess.': 'roles/vpcaccess.user',
};

/** undefined for a permission that no deployment needs. */
export function roleFor(permission: string): string | undefined {
  const wanted = permission.toLowerCase();
  const [best] = Object.keys(ROLES)
    .filter((start) => (start.endsWith('.') ? wanted.startsWith(start.toLowerCase()) : wanted === start.toLowerCase()))
    .toSorted((a, b) => b.length - a.length);
  return best === undefined ? undefined : ROLES[best];
}

/** For a refusal that names no permission: by gcloud's command, or by the kind of resource. */
const ABOUT: readonly (readonly [RegExp, string])[] = [
  [/gcloud\.secrets\.|secretmanager/i, 'roles/secretmanager.admin'],
  [/gcloud\.storage\.|\bb(?:uckets?)? instance \[|\bbucket\b|storage\.googleapis/i, 'roles/storage.admin'],
  [/gcloud\.artifacts\.|repositor(?:y|ies) instance|artifact ?registry/i, 'roles/artifactregistry.admin'],
  [/gcloud\.builds\.|builds? instance|cloudbuild/i, 'roles/cloudbuild.builds.editor'],
  [/gcloud\.services\.|to enable service|serviceusage/i, 'roles/serviceusage.serviceUsageAdmin'],
  [/gcloud\.logging\./i, 'roles/logging.viewer'],
];

export function roleAbout(said: string): string {
  return ABOUT.find(([pattern]) => pattern.test(said))?.[1] ?? 'roles/run.admin';
}
