import { buildPlace } from '../place/place.ts';
import { AGAIN, grant, grantBuilder, type FailureRule } from './failure.ts';
import { accountOf } from './refusal.ts';

const OWN_IMAGE = 'or bring an image that is in a registry: --image IMAGE';

/** https://cloud.google.com/build/docs/locations, "Restricted regions for some projects" */
const OPEN_REGIONS = [
  'us-central1',
  'us-west2',
  'europe-west1',
  'asia-east1',
  'australia-southeast1',
  'southamerica-east1',
];

export const BUILD_FAILURES: readonly FailureRule[] = [
  {
    // docker/hub-feedback#2429, https://docs.docker.com/docker-hub/usage/
    name: 'Docker Hub limit',
    code: 'quota_exceeded',
    pattern: /toomanyrequests|reached your (?:unauthenticated )?pull rate limit/i,
    words: "Docker Hub refused the build's base image: its limit of anonymous pulls is used up.",
    hint: () =>
      `The limit counts the last six hours, of all who share Google's address: ${AGAIN} later, ${OWN_IMAGE}. ` +
      'Build it here: redisdemo image build --platform linux/amd64',
  },
  {
    // GoogleCloudPlatform/genai-for-marketing#149, acteng/atip#638
    name: 'build account demanded',
    code: 'bad_setting',
    pattern:
      /build\.service_account must be specified|constraints\/cloudbuild\.(?:useBuildServiceAccount|useComputeServiceAccount|disableCreateDefaultServiceAccount)/,
    words: 'A policy of the organization demands that the account that builds is named.',
    named: /constraints\/cloudbuild\.\w+/,
    hint: ({ project }) => {
      const email = `redisdemo-build@${project}.iam.gserviceaccount.com`;
      return (
        `Name one: --build-service-account NAME@${project}.iam.gserviceaccount.com   To make one:\n` +
        `gcloud iam service-accounts create redisdemo-build --project=${project}\n` +
        grant(project, `serviceAccount:${email}`, 'roles/run.builder')
      );
    },
  },
  {
    // google-github-actions/deploy-cloudrun#480
    name: 'no builds in the region',
    code: 'region_closed',
    pattern: /cannot run builds in this region/i,
    words: 'Google does not let this project build in the region.',
    hint: (context) => {
      const [first = '', ...others] = OPEN_REGIONS.filter((region) => region !== buildPlace(context).region);
      return `Build it in a region that is open to every project: --build-region ${first} (or ${others.join(', ')}), ${OWN_IMAGE}.`;
    },
  },
  {
    name: 'build account missing',
    code: 'not_permitted',
    pattern: /Build service account\b.*does not exist/i,
    words: 'The account that builds does not exist.',
    named: accountOf,
    hint: ({ project }, said) =>
      accountOf(said)?.endsWith('-compute@developer.gserviceaccount.com') === true
        ? `Turn on its API, which makes it: gcloud services enable compute.googleapis.com --project=${project}   Or name another: --build-service-account EMAIL`
        : `Name one that exists: --build-service-account EMAIL   See them: gcloud iam service-accounts list --project=${project}`,
  },
  {
    // google/mcp-security#132
    name: 'build account without rights',
    code: 'not_permitted',
    pattern: /could not resolve source/i,
    words: 'The account that builds may not read the source.',
    named: accountOf,
    hint: (context, said) => grantBuilder(context, accountOf(said)),
  },
  {
    // google/adk-python#754
    name: 'build account without roles',
    code: 'not_permitted',
    pattern: /service account is missing required IAM permissions/i,
    words: 'The account that builds lacks roles.',
    named: accountOf,
    hint: (context, said) => grantBuilder(context, accountOf(said)),
  },
  {
    // The permission that a push needs: https://cloud.google.com/artifact-registry/docs/access-control#permissions
    name: 'build cannot store the image',
    code: 'not_permitted',
    pattern: /artifactregistry\.repositories\.uploadArtifacts/i,
    words: 'The account that builds may not store the image.',
    hint: (context, said) => grantBuilder(context, accountOf(said)),
  },
  {
    // google-gemini/gemini-cli#13799; `gcloud builds submit`: gcloud 528, command_lib/builds/submit_util.py
    name: 'build failed',
    code: 'build_failed',
    pattern: /Build failed|build \S+ completed with status/,
    words: 'Google could not build the image.',
    hint: (context) =>
      `See: gcloud builds list --project=${context.project} --region=${buildPlace(context).region} --limit=1`,
  },
];
