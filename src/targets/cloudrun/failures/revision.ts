/** Why a revision does not start. Evidence from its log comes before Google's sentence, which is the same for many causes. */
import { enableAccount } from '../place/accounts.ts';
import { secretName } from '../place/place.ts';
import { AGAIN, grant, type FailureRule } from './failure.ts';
import { accountOf, imageIn } from './refusal.ts';

export const REVISION_FAILURES: readonly FailureRule[] = [
  {
    // terraform-google-modules/terraform-docs-samples#606
    name: 'image not readable',
    code: 'not_permitted',
    pattern: /must have permission to read the image/,
    words: 'Cloud Run may not read the image.',
    named: /from project \[[^\]]{1,60}\]/,
    hint: ({ project }, said) => {
      const agent = accountOf(said) ?? 'SERVICE_AGENT';
      const image = imageIn(said);
      if (image === undefined)
        return `Let ${agent} read it: ${grant(project, `serviceAccount:${agent}`, 'roles/artifactregistry.reader')}`;
      return (
        `Let Cloud Run read it: gcloud artifacts repositories add-iam-policy-binding ${image.repository} --location=${image.location} ` +
        `--project=${image.project} --member=serviceAccount:${agent} --role=roles/artifactregistry.reader\n` +
        `If Cloud Run was turned on just now, wait a minute and ${AGAIN}.`
      );
    },
  },
  {
    // bcgov/entity#24573: since January 2025 whoever deploys needs the right, too
    name: 'image not readable by you',
    code: 'not_permitted',
    pattern: /User does not have access to image|artifactregistry\.repositories\.downloadArtifacts/i,
    words: 'You may not read the image.',
    hint: ({ project, caller }, said) =>
      `Have somebody give you the role: ${grant(imageIn(said)?.project ?? project, caller, 'roles/artifactregistry.reader')}`,
  },
  {
    // GoogleCloudPlatform/terraform-google-cloud-run#28
    name: 'service agent without rights',
    code: 'not_permitted',
    pattern: /Service Agent does not have permission to get access tokens/i,
    words: "Cloud Run's own agent lost its role in the project.",
    hint: ({ project }, said) => {
      const agent = /service-\d{1,20}@serverless-robot-prod\.iam\.gserviceaccount\.com/.exec(said)?.[0];
      return `Give it back: ${grant(project, `serviceAccount:${agent ?? 'SERVICE_AGENT'}`, 'roles/run.serviceAgent')}`;
    },
  },
  {
    // https://cloud.google.com/iam/docs/service-accounts-disable-enable
    name: 'account disabled',
    code: 'not_permitted',
    pattern: /service account\b.{0,200}\bis disabled|SERVICE_ACCOUNT_DISABLED|account_disabled/i,
    words: 'The account is disabled.',
    named: accountOf,
    hint: ({ project, account }, said) => enableAccount(accountOf(said) ?? account, project),
  },
  {
    // PolicyEngine/policyengine-api#3729
    name: 'tag too long',
    code: 'bad_setting',
    pattern: /traffic tag .{0,100} and service name .{0,100} together are too long/,
    words: 'The name of the service is too long for the tags of a release: both together have at most 46 characters.',
    hint: () => 'Choose a shorter name: --service NAME',
  },
  {
    // GoogleCloudPlatform/jit-groups#270: the sentence about PORT is shown for it, too
    name: 'wrong architecture',
    code: 'bad_setting',
    pattern: /exec format error/,
    words: 'The image was built for another kind of processor: Cloud Run runs linux/amd64.',
    hint: () =>
      'Build it with: redisdemo image build --platform linux/amd64   Or leave --image away: Google builds it then.',
  },
  {
    // terraform-docs-samples#168
    name: 'secret not readable',
    code: 'not_permitted',
    pattern: /Permission denied on secret/,
    words: 'The account of the service may not read its secret.',
    hint: ({ account, ...place }) =>
      `A new right takes a minute to be known: ${AGAIN}. If it stays so: gcloud secrets add-iam-policy-binding ${secretName(place)} ` +
      `--project=${place.project} --member=serviceAccount:${account} --role=roles/secretmanager.secretAccessor`,
  },
  {
    name: 'secret missing',
    code: 'gone',
    pattern: /Secret .*was not found/,
    words: 'The version of the secret is gone.',
    hint: () => `To make another, ${AGAIN}.`,
  },
  {
    name: 'image missing',
    code: 'bad_setting',
    pattern: /Image '[^']*' not found|MANIFEST_UNKNOWN/,
    words: 'The image is not in its registry.',
    hint: () => 'Look for a slip in --image, or leave it away: Google builds one then.',
  },
  {
    name: 'Redis refuses the password',
    code: 'not_permitted',
    pattern: /\b(?:WRONGPASS|NOAUTH|NOPERM)\b/,
    words: 'Redis does not take the user or the password.',
    hint: () => 'Give the right ones: --redis-user NAME, and REDISPASS or --redis-password-file FILE',
  },
  {
    name: 'JSON module missing',
    code: 'json_module_missing',
    pattern: /JSON module|unknown command .?JSON\./i,
    words: 'That Redis has no JSON commands.',
    hint: () => 'Take redis:8, redis/redis-stack, or a database of Redis Cloud with JSON.',
  },
  {
    name: 'Redis unreachable',
    code: 'database_unreachable',
    pattern:
      /Redis at \S+ cannot be used|Redis is away|\b(?:ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)\b/,
    words: 'The service cannot reach its Redis.',
    hint: () =>
      'Does it answer from the internet, and are host, port and TLS right? In a network of the project: --network NAME --subnet NAME',
  },
  {
    name: 'out of memory',
    code: 'service_failed',
    pattern: /Memory limit of .* exceeded|signal: killed/i,
    words: 'The container used more memory than it has.',
    hint: () => 'Give it more memory: --memory 1Gi   See what it was doing: redisdemo deploy logs cloudrun',
  },
  {
    // PrefectHQ/prefect#16673
    name: 'crash at start',
    code: 'service_failed',
    pattern: /Container called exit\(\d+\)|Container terminated on signal|Application failed to start/,
    words: 'The container ended while it started.',
    hint: () => 'Its last lines say why. Try the image here: redisdemo deploy container',
  },
  {
    // googlecodelabs/monolith-to-microservices#110
    name: 'wrong port',
    code: 'service_failed',
    pattern: /failed to start and (?:then )?listen on the port|STARTUP TCP probe failed/i,
    words: 'The container runs, and nothing in it listens on 0.0.0.0:$PORT.',
    hint: () => 'Make it listen on the port in PORT, and on every address: LISTEN_HOST=0.0.0.0',
  },
  {
    // terraform-docs-samples#254
    name: 'not healthy',
    code: 'service_failed',
    pattern: /failed the configured startup probe checks|STARTUP HTTP probe failed/,
    words: 'The container runs, and its /health never said that it can work.',
    hint: () => 'Is its Redis there, and reachable from Cloud Run? Its last lines may say more.',
  },
];
