/**
 * What a failed deployment means. Each text is what gcloud, Cloud Run or the container's log really says: from public
 * threads where one is named, else as gcloud 528 puts it.
 */
import { describe, expect, it } from 'vitest';
import { classify, FAILURES, type Scene } from '../../src/targets/cloudrun/failures.ts';

const SCENE: Scene = {
  project: 'demo-project',
  region: 'europe-west1',
  service: 'redisdemo',
  account: '123456789012-compute@developer.gserviceaccount.com',
};

/** Of monolith-to-microservices#110: the sentence that is shown for many causes. */
const NOT_LISTENING =
  "ERROR: (gcloud.run.deploy) Revision 'redisdemo-00002-abc' is not ready and cannot serve traffic. The user-provided container failed to start and listen on the port defined provided by the PORT=8080 environment variable within the allocated timeout.";
/** Of terraform-docs-samples#254. */
const NOT_HEALTHY =
  "ERROR: (gcloud.run.deploy) Revision 'redisdemo-00002-abc' is not ready and cannot serve traffic. The user-provided container failed the configured startup probe checks.";

const FIXTURES: Readonly<Record<string, readonly string[]>> = {
  'build account missing': [
    'ERROR: (gcloud.run.deploy) Build service account 123456789012-compute@developer.gserviceaccount.com does not exist.',
  ],
  // google/mcp-security#132
  'build account without rights': [
    'ERROR: (gcloud.run.deploy) INVALID_ARGUMENT: Invalid build request. could not resolve source: googleapi: Error 403: 123456789012-compute@developer.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object., forbidden',
  ],
  // google-gemini/gemini-cli#13799
  'build failed': ['ERROR: (gcloud.run.deploy) Build failed; check build logs for details'],
  // GoogleCloudPlatform/jit-groups#270, functions-framework-dart#332
  'wrong architecture': [
    `terminated: Application failed to start: failed to load /usr/local/bin/node: exec format error\n${NOT_LISTENING}`,
    `exec /usr/local/bin/docker-entrypoint.sh: exec format error\nContainer called exit(1).\n${NOT_LISTENING}`,
  ],
  // terraform-docs-samples#168
  'secret not readable': [
    "ERROR: (gcloud.run.deploy) Revision 'redisdemo-00001-abc' is not ready and cannot serve traffic. spec.template.spec.containers[0].env[3].value_from.secret_key_ref.name: Permission denied on secret: projects/123456789012/secrets/redisdemo-redispass/versions/1 for Revision service account 123456789012-compute@developer.gserviceaccount.com.",
  ],
  'secret missing': [
    'ERROR: (gcloud.run.deploy) spec.template.spec.containers[0].env[3].value_from.secret_key_ref.name: Secret projects/123456789012/secrets/redisdemo-redispass/versions/7 was not found',
  ],
  'image missing': [
    "ERROR: (gcloud.run.deploy) Image 'europe-west1-docker.pkg.dev/demo-project/demo/nowhere:1' not found.",
    "ERROR: (gcloud.run.deploy) Google Cloud Run Service Agent: MANIFEST_UNKNOWN: Failed to fetch 'latest'",
  ],
  'Redis refuses the password': [
    `Redis at redis.example.com:6379 cannot be used: WRONGPASS invalid username-password pair or user is disabled.\nContainer called exit(1).\n${NOT_HEALTHY}`,
    `NOAUTH Authentication required.\n${NOT_HEALTHY}`,
  ],
  'JSON module missing': [
    `Redis at redis.example.com:6379 has no JSON module\nContainer called exit(1).\n${NOT_HEALTHY}`,
    `ERR unknown command 'JSON.SET', with args beginning with: 'user:1'\n${NOT_HEALTHY}`,
  ],
  'Redis unreachable': [
    `Redis is away: connect ETIMEDOUT 34.1.2.3:6379\n${NOT_HEALTHY}`,
    `getaddrinfo ENOTFOUND redis.example.com\n${NOT_HEALTHY}`,
  ],
  'out of memory': [
    `Memory limit of 512 MiB exceeded with 530 MiB used. Consider increasing the memory limit\n${NOT_HEALTHY}`,
  ],
  // PrefectHQ/prefect#16673
  'crash at start': [`Error: Cannot find module './settings.js'\nContainer called exit(1).\n${NOT_LISTENING}`],
  // 1Password/scim-examples#309
  'wrong port': [
    NOT_LISTENING,
    `Default STARTUP TCP probe failed 1 time consecutively for container "redisdemo-1" on port 8080.\n${NOT_LISTENING}`,
  ],
  'not healthy': [NOT_HEALTHY],
  // googlecodelabs/feedback#1856, jspsych/datapipe#238
  quota: [
    'ERROR: (gcloud.run.deploy) spec.template.metadata.annotations[autoscaling.knative.dev/maxScale]: Max instances must be set to 10 or fewer in order to set the requested total CPU.',
    "ERROR: (gcloud.run.deploy) RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'Write requests'",
  ],
  // google-github-actions/deploy-cloudrun#473, LayerZero-Labs/gasolina-gcp#15
  'organisation policy': [
    'ERROR: (gcloud.run.services.add-iam-policy-binding) FAILED_PRECONDITION: One or more users named in the policy do not belong to a permitted customer,  perhaps due to an organization policy.',
    'ERROR: (gcloud.run.services.update) FAILED_PRECONDITION: Operation denied by org policy on resource: ["constraints/run.managed.requireInvokerIam"]',
  ],
  'may not act as the account': [
    "ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'iam.serviceaccounts.actAs' denied on service account 123456789012-compute@developer.gserviceaccount.com (or it may not exist).",
  ],
  'API off': [
    'ERROR: (gcloud.secrets.create) PERMISSION_DENIED: Secret Manager API has not been used in project 123456789012 before or it is disabled.',
    'ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission denied to enable service [run.googleapis.com]',
  ],
  'no billing': [
    "ERROR: (gcloud.services.enable) FAILED_PRECONDITION: Billing account for project '123456789012' is not found. Billing must be enabled for activation of service(s)",
  ],
  'no login': [
    'ERROR: (gcloud.run.deploy) You do not currently have an active account selected.',
    'ERROR: (gcloud.run.deploy) There was a problem refreshing your current auth tokens: Reauthentication failed.',
    'ERROR: (gcloud.run.deploy) UNAUTHENTICATED: Request had invalid authentication credentials.',
  ],
  // google-github-actions/deploy-cloudrun#427, #182
  'not permitted': [
    "ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'run.services.get' denied on resource 'namespaces/demo-project/services/redisdemo' (or resource may not exist).",
    'ERROR: (gcloud.run.deploy) [dev@example.com] does not have permission to access namespaces instance [demo-project] (or it may not exist): The caller does not have permission.',
  ],
  // google-github-actions/deploy-cloudrun#184
  'variable of another kind': [
    'ERROR: (gcloud.run.deploy) Cannot update environment variable [REDISPASS] to string literal because it has already been set with a different type.',
  ],
  'Google does not answer': [
    'ERROR: (gcloud.run.deploy) HttpError accessing <https://europe-west1-run.googleapis.com/>: response: <503>\nThis may be due to network connectivity issues.',
    'ERROR: gcloud crashed (ProxyError): HTTPSConnectionPool',
  ],
};

describe('a failed deployment is called', () => {
  const cases = Object.entries(FIXTURES).flatMap(([name, texts]) => texts.map((text) => [name, text] as const));

  it.each(cases)('%s: %s', (name, text) => {
    expect(classify(text)?.name).toBe(name);
  });

  it('nothing that we do not know', () => {
    expect(classify('ERROR: (gcloud.run.deploy) INTERNAL: something new')).toBeUndefined();
  });
});

describe.each(FAILURES)('the rule for $name', ({ name, words, hint }) => {
  it('has a fixture, a sentence, and a way out without holes', () => {
    expect(FIXTURES[name]?.length ?? 0).toBeGreaterThan(0);
    expect(words).toMatch(/^\w.*\.$/);
    expect(hint(SCENE)).toMatch(/^\S.{10,}/);
    expect(hint(SCENE)).not.toMatch(/undefined|\[object/);
  });
});
