import { homeOf } from '../place/accounts.ts';
import { AGAIN, grant, type FailureRule } from './failure.ts';
import { accountOf, permissionOf } from './refusal.ts';
import { roleAbout, roleFor } from './roles.ts';

export const ACCESS_FAILURES: readonly FailureRule[] = [
  {
    // cloud.google.com/run/docs/troubleshooting
    name: 'may not act as the account',
    code: 'not_permitted',
    pattern: /iam\.serviceaccounts\.actAs|permission to act as service account/i,
    words: 'You may not run something as that account, or there is none.',
    named: accountOf,
    hint: ({ account, project, caller }, said) => {
      const email = accountOf(said) ?? account;
      return `gcloud iam service-accounts add-iam-policy-binding ${email} --project=${homeOf(email, project)} --member=${caller} --role=roles/iam.serviceAccountUser`;
    },
  },
  {
    // gcloud 528, command_lib/services; GoogleCloudPlatform/cloud-run-button: those who deploy are often not allowed to
    name: 'may not turn on APIs',
    code: 'not_permitted',
    pattern: /Permission denied to enable service|serviceusage\.services\.enable/,
    words: 'You may not turn on an API of the project.',
    named: /\[?[\w.-]{1,60}\.googleapis\.com\]?/,
    hint: ({ project, caller }, said) => {
      const api = /[\w-]{1,60}\.googleapis\.com/.exec(said)?.[0] ?? 'run.googleapis.com';
      return (
        `Have somebody run: gcloud services enable ${api} --project=${project}   ` +
        `Or give you the role: ${grant(project, caller, 'roles/serviceusage.serviceUsageAdmin')}`
      );
    },
  },
  {
    name: 'API off',
    code: 'api_off',
    pattern: /SERVICE_DISABLED|has not been used in project|accessNotConfigured|ERROR: \([\w.-]{1,60}\) Retry\b/,
    words: 'An API of the project is off.',
    named: /\b[a-z]{1,60}\.googleapis\.com/,
    hint: ({ project }, said) => {
      const api = /\b([a-z]{1,60}\.googleapis\.com)/.exec(said)?.[1] ?? apiIn(said);
      return `Turn it on: gcloud services enable ${api} --project=${project}   One that was turned on just now takes some minutes: ${AGAIN}.`;
    },
  },
  {
    name: 'no billing',
    code: 'billing_off',
    pattern: /Billing account for project|billing must be enabled|BILLING_DISABLED|requires billing to be enabled/i,
    words: 'The project has no billing account.',
    hint: ({ project }) => `Link one: https://console.cloud.google.com/billing/linkedaccount?project=${project}`,
  },
  {
    // google-github-actions/deploy-cloudrun#427, #487; PAIR-code/deliberate-lab#953
    name: 'not permitted',
    code: 'not_permitted',
    pattern:
      /PERMISSION_DENIED|does not have (?:required )?permission to (?:access|use)|is forbidden from accessing|does not have [\w.]{1,80} access|Permission denied while accessing/,
    words: 'You may not do that.',
    named: /Permission '[\w.]{1,120}'|\b\w{1,40}(?:\.\w{1,40}){1,3} access/,
    hint: (context, said) => `Have somebody give you the role: ${grant(context.project, context.caller, roleIn(said))}`,
  },
];

function roleIn(said: string): string {
  const permission = permissionOf(said);
  return (permission === undefined ? undefined : roleFor(permission)) ?? roleAbout(said);
}

/** Google's sentence has the title of an API: "Secret Manager API has not been used in project". */
function apiIn(said: string): string {
  const title = /([A-Z][\w ]{2,60}) API has not been used/.exec(said)?.[1];
  const known: Readonly<Record<string, string>> = {
    'Artifact Registry': 'artifactregistry',
    'Cloud Build': 'cloudbuild',
    'Cloud Logging': 'logging',
    'Cloud Resource Manager': 'cloudresourcemanager',
    'Cloud Run Admin': 'run',
    'Identity and Access Management (IAM)': 'iam',
    'Secret Manager': 'secretmanager',
  };
  return `${known[title ?? ''] ?? 'run'}.googleapis.com`;
}
