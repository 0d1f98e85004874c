/**
 * What Cloud Run's failures mean: the first rule whose pattern is found says it. Evidence from the log comes before
 * Google's one sentence, which is the same for many causes. Sources of the texts: public issues; where a rule names
 * none, gcloud 528 itself.
 */
import type { ProblemCode } from '../../problem.ts';

/** What the words of a rule may name. */
export interface Scene {
  readonly project: string;
  readonly region: string;
  readonly service: string;
  /** The account that the service runs as. */
  readonly account: string;
}

export interface FailureRule {
  readonly name: string;
  readonly code: ProblemCode;
  /** Looked for in what gcloud said, in the conditions of the revision, and in its last log lines. */
  readonly pattern: RegExp;
  /** What it means. */
  readonly words: string;
  /** What to type or change next. */
  readonly hint: (scene: Scene) => string;
}

const again = 'run the same command again';

export const FAILURES: readonly FailureRule[] = [
  {
    name: 'build account missing',
    code: 'not_permitted',
    pattern: /Build service account\b.*does not exist/i,
    words: 'The account that builds does not exist.',
    hint: ({ project }) =>
      `Turn on its API, which makes it: gcloud services enable compute.googleapis.com --project=${project}`,
  },
  {
    // google/mcp-security#132
    name: 'build account without rights',
    code: 'not_permitted',
    pattern: /could not resolve source|storage\.objects\.get/i,
    words: 'The account that builds may not read the source.',
    hint: ({ project, account }) =>
      `Give it the role: gcloud projects add-iam-policy-binding ${project} --member=serviceAccount:${account} --role=roles/run.builder`,
  },
  {
    // google-gemini/gemini-cli#13799
    name: 'build failed',
    code: 'service_failed',
    pattern: /Build failed/,
    words: 'Google could not build the image.',
    hint: ({ project, region }) => `See: gcloud builds list --project=${project} --region=${region} --limit=1`,
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
    hint: ({ account, service, project }) =>
      `A new right takes a minute to be known: ${again}. If it stays so: gcloud secrets add-iam-policy-binding ${service}-redispass ` +
      `--project=${project} --member=serviceAccount:${account} --role=roles/secretmanager.secretAccessor`,
  },
  {
    name: 'secret missing',
    code: 'service_failed',
    pattern: /Secret .*was not found/,
    words: 'The version of the secret is gone.',
    hint: () => `To make another, ${again}.`,
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
    code: 'service_failed',
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
    hint: () => 'Look at its log for what it does at its start.',
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
    pattern: /failed to start and listen on the port|STARTUP TCP probe failed/,
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
  {
    // googlecodelabs/feedback#1856
    name: 'quota',
    code: 'not_enough',
    pattern: /RESOURCE_EXHAUSTED|Quota (?:exceeded|violated)|Max instances must be set to/i,
    words: 'A quota of the project is used up.',
    hint: ({ project }) =>
      `Wait a minute, ask for less (--max), or have it raised: https://console.cloud.google.com/iam-admin/quotas?project=${project}`,
  },
  {
    // google-github-actions/deploy-cloudrun#473
    name: 'organisation policy',
    code: 'not_permitted',
    pattern: /org(?:anization)? policy|constraints\/|FAILED_PRECONDITION: One or more users named in the policy/i,
    words: 'A policy of the organisation forbids it.',
    hint: () => 'Deploy it for those with the right to call it: --private',
  },
  {
    // cloud.google.com/run/docs/troubleshooting
    name: 'may not act as the account',
    code: 'not_permitted',
    pattern: /iam\.serviceaccounts\.actAs/i,
    words: 'You may not run something as that account, or there is none.',
    hint: ({ account, project }) =>
      `gcloud iam service-accounts add-iam-policy-binding ${account} --project=${project} --member=user:YOU --role=roles/iam.serviceAccountUser`,
  },
  {
    name: 'API off',
    code: 'not_enough',
    pattern: /SERVICE_DISABLED|has not been used in project|Permission denied to enable service/,
    words: 'An API of the project is off.',
    hint: () => `One that was turned on just now takes a minute: ${again}.`,
  },
  {
    name: 'no billing',
    code: 'not_enough',
    pattern: /Billing account for project|billing must be enabled/i,
    words: 'The project has no billing account.',
    hint: ({ project }) => `Link one: https://console.cloud.google.com/billing/linkedaccount?project=${project}`,
  },
  {
    name: 'no login',
    code: 'not_permitted',
    pattern: /active account selected|refreshing your current auth tokens|UNAUTHENTICATED/,
    words: 'gcloud has no login that works.',
    hint: () => `Log in with: gcloud auth login   Then ${again}.`,
  },
  {
    // google-github-actions/deploy-cloudrun#427
    name: 'not permitted',
    code: 'not_permitted',
    pattern: /PERMISSION_DENIED|does not have permission to access/,
    words: 'You may not do that.',
    hint: ({ project }) =>
      `Have somebody give you the role: gcloud projects add-iam-policy-binding ${project} --member=user:YOU --role=roles/run.admin`,
  },
  {
    // google-github-actions/deploy-cloudrun#184
    name: 'variable of another kind',
    code: 'differs',
    pattern: /already been set with a different type/,
    words: 'A variable is a secret there and plain here, or the other way round.',
    hint: ({ service, project, region }) =>
      `Take it away first: gcloud run services update ${service} --project=${project} --region=${region} --remove-env-vars=REDISPASS`,
  },
  {
    name: 'Google does not answer',
    code: 'system_failed',
    pattern: /HttpError accessing|network connectivity issues|gcloud crashed/,
    words: 'Google, or the way to it, does not answer.',
    hint: () => `Wait a minute, then ${again}. For Google itself: https://status.cloud.google.com`,
  },
];

export function classify(text: string): FailureRule | undefined {
  return FAILURES.find(({ pattern }) => pattern.test(text));
}
