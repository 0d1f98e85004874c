/**
 * What a failed deployment means. Each text is what gcloud, Cloud Run or the container's log really says: from public
 * threads where one is named, else as gcloud 528 puts it.
 */
import { describe, expect, it } from 'vitest';
import { meaningOf, type FailureContext } from '../../src/targets/cloudrun/failures/failure.ts';
import { classify, FAILURES, isRetryable, whyUnanswered } from '../../src/targets/cloudrun/failures/failures.ts';

const SCENE: FailureContext = {
  project: 'demo-project',
  region: 'europe-west1',
  service: 'redisdemo',
  account: 'run@demo-project.iam.gserviceaccount.com',
  builder: '123456789012-compute@developer.gserviceaccount.com',
  caller: 'serviceAccount:ci@demo-project.iam.gserviceaccount.com',
};

/** Of monolith-to-microservices#110: the sentence that is shown for many causes. */
const NOT_LISTENING =
  "ERROR: (gcloud.run.deploy) Revision 'redisdemo-00002-abc' is not ready and cannot serve traffic. The user-provided container failed to start and listen on the port defined provided by the PORT=8080 environment variable within the allocated timeout.";
/** Of terraform-docs-samples#254. */
const NOT_HEALTHY =
  "ERROR: (gcloud.run.deploy) Revision 'redisdemo-00002-abc' is not ready and cannot serve traffic. The user-provided container failed the configured startup probe checks.";

const FIXTURES: Readonly<Record<string, readonly string[]>> = {
  // docker/hub-feedback#2429
  'Docker Hub limit': [
    'Step 1/5 : FROM node:24-slim\ntoomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit\nERROR',
  ],
  // GoogleCloudPlatform/genai-for-marketing#149
  'build account demanded': [
    'ERROR: (gcloud.run.deploy) INVALID_ARGUMENT: build.service_account must be specified due to the evaluation of the following org policies:\n"constraints/cloudbuild.disableCreateDefaultServiceAccount"\n"constraints/cloudbuild.useBuildServiceAccount"\n"constraints/cloudbuild.useComputeServiceAccount"',
  ],
  // google-github-actions/deploy-cloudrun#480
  'no builds in the region': [
    'ERROR: (gcloud.run.deploy) FAILED_PRECONDITION: failed precondition: due to quota restrictions, cannot run builds in this region. Please contact support',
    'ERROR: (gcloud.builds.submit) FAILED_PRECONDITION: failed precondition: due to quota restrictions, cannot run builds in this region. Please contact support',
  ],
  'build cannot store the image': [
    'denied: Permission "artifactregistry.repositories.uploadArtifacts" denied on resource "projects/demo-project/locations/europe-west1/repositories/cloud-run-source-deploy" (or it may not exist)',
  ],
  // terraform-google-modules/terraform-docs-samples#606
  'image not readable': [
    'ERROR: (gcloud.run.deploy) Google Cloud Run Service Agent service-123456789012@serverless-robot-prod.iam.gserviceaccount.com must have permission to read the image, us-central1-docker.pkg.dev/other-project/my-repo/app:latest. Ensure that the provided container image URL is correct and that the above account has permission to access the image. Note that the image is from project [other-project], which is not the same as this project [demo-project].',
  ],
  // bcgov/entity#24573
  'image not readable by you': ['ERROR: (gcloud.run.deploy) PERMISSION_DENIED: User does not have access to image'],
  // GoogleCloudPlatform/terraform-google-cloud-run#28
  'service agent without rights': [
    'ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Google Cloud Run Service Agent does not have permission to get access tokens for the service account 711987267850-compute@developer.gserviceaccount.com. Please give service-711987267850@serverless-robot-prod.iam.gserviceaccount.com permission iam.serviceAccounts.getAccessToken on the service account.',
  ],
  'account disabled': [
    'ERROR: (gcloud.run.deploy) FAILED_PRECONDITION: Service account run@demo-project.iam.gserviceaccount.com is disabled.',
  ],
  // PolicyEngine/policyengine-api#3729
  'tag too long': [
    "ERROR: (gcloud.run.deploy) spec.traffic.tag: traffic tag 'candidate' and service name 'a-service-whose-name-has-forty-two-letters' together are too long. Combined traffic tag and service name cannot exceed 46 characters.",
  ],
  'build account missing': [
    'ERROR: (gcloud.run.deploy) Build service account 123456789012-compute@developer.gserviceaccount.com does not exist.',
  ],
  // google/mcp-security#132
  'build account without rights': [
    'ERROR: (gcloud.run.deploy) INVALID_ARGUMENT: Invalid build request. could not resolve source: googleapi: Error 403: 123456789012-compute@developer.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object., forbidden',
  ],
  // google/adk-python#754
  'build account without roles': [
    'ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Build failed because the default service account is missing required IAM permissions.',
  ],
  // google-gemini/gemini-cli#13799
  'build failed': [
    'ERROR: (gcloud.run.deploy) Build failed; check build logs for details',
    'ERROR: (gcloud.builds.submit) build 0a1b2c3d-0000-4000-8000-000000000000 completed with status "FAILURE"',
  ],
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
    'ERROR: (gcloud.run.deploy) Cloud Run error: Container failed to start. Failed to start and then listen on the port defined by the PORT environment variable.',
    `Default STARTUP TCP probe failed 1 time consecutively for container "redisdemo-1" on port 8080.\n${NOT_LISTENING}`,
  ],
  'not healthy': [NOT_HEALTHY],
  // googlecodelabs/feedback#1856, jspsych/datapipe#238
  quota: [
    'ERROR: (gcloud.run.deploy) spec.template.metadata.annotations[autoscaling.knative.dev/maxScale]: Max instances must be set to 10 or fewer in order to set the requested total CPU.',
    'ERROR: (gcloud.run.deploy) spec.template.spec.containers[0].resources.limits.cpu: Invalid value specified for cpu. For the specified value, maxScale may not exceed 20.',
    "ERROR: (gcloud.run.deploy) RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'Write requests'",
  ],
  // google-github-actions/deploy-cloudrun#473, LayerZero-Labs/gasolina-gcp#15
  'policy iam.allowedPolicyMemberDomains': [
    'ERROR: (gcloud.run.services.add-iam-policy-binding) FAILED_PRECONDITION: One or more users named in the policy do not belong to a permitted customer,  perhaps due to an organization policy.',
  ],
  'policy run.managed.requireInvokerIam': [
    'ERROR: (gcloud.run.services.update) FAILED_PRECONDITION: Operation denied by org policy on resource: ["constraints/run.managed.requireInvokerIam"]',
  ],
  // firebase/firebase-tools#6454, GoogleCloudPlatform/esp-v2#148
  'policy gcp.resourceLocations': [
    'ERROR: (gcloud.secrets.create) FAILED_PRECONDITION: Constraint constraints/gcp.resourceLocations violated for [orgpolicy:projects/123456789012] attempting to create a secret in [europe-west1]. For more information, see https://cloud.google.com/resource-manager/docs/organization-policy/defining-locations.',
    "ERROR: (gcloud.run.deploy) HTTPError 412: 'us' violates constraint 'constraints/gcp.resourceLocations'",
  ],
  // firebase/firebase-tools#7723; the others of Cloud Run after it
  'policy run.allowedBinaryAuthorizationPolicies': [
    'ERROR: (gcloud.run.deploy) FAILED_PRECONDITION: Constraint constraints/run.allowedBinaryAuthorizationPolicies violated for attempting CreateService with annotation "run.googleapis.com/binary-authorization" set to null. See https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints for more information.',
  ],
  'policy run.allowedIngress': [
    'ERROR: (gcloud.run.deploy) FAILED_PRECONDITION: Constraint constraints/run.allowedIngress violated for attempting CreateService with annotation "run.googleapis.com/ingress" set to all.',
  ],
  'policy run.allowedVPCEgress': [
    'ERROR: (gcloud.run.deploy) FAILED_PRECONDITION: Constraint constraints/run.allowedVPCEgress violated for attempting CreateService with annotation "run.googleapis.com/vpc-access-egress" set to private-ranges-only.',
  ],
  'policy cloudbuild.allowedWorkerPools': [
    'ERROR: (gcloud.run.deploy) FAILED_PRECONDITION: constraint "constraints/cloudbuild.allowedWorkerPools" violated: the default pool is not allowed',
  ],
  'policy cloudbuild.allowedIntegrations': [
    'ERROR: (gcloud.run.deploy) FAILED_PRECONDITION: generic::failed_precondition: constraints/cloudbuild.allowedIntegrations denies the build',
  ],
  'policy iam.disableServiceAccountCreation': [
    'ERROR: (gcloud.services.enable) FAILED_PRECONDITION: Service account creation is not allowed on this project. constraints/iam.disableServiceAccountCreation',
  ],
  'policy iam.managed.disableServiceAccountCreation': [
    'FAILED_PRECONDITION: Operation denied by org policy: ["constraints/iam.managed.disableServiceAccountCreation": "…"]',
  ],
  'policy iam.managed.allowedPolicyMembers': [
    'FAILED_PRECONDITION: Operation denied by org policy: ["constraints/iam.managed.allowedPolicyMembers": "…"]',
  ],
  'policy iam.automaticIamGrantsForDefaultServiceAccounts': [
    'FAILED_PRECONDITION: denied by constraints/iam.automaticIamGrantsForDefaultServiceAccounts',
  ],
  'policy gcp.restrictServiceUsage': [
    "ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Request is disallowed by organization's constraints/gcp.restrictServiceUsage constraint for 'projects/123456789012' attempting to use service 'run.googleapis.com'.",
  ],
  'policy gcp.restrictNonCmekServices': [
    'FAILED_PRECONDITION: Constraint constraints/gcp.restrictNonCmekServices violated for projects/123456789012',
  ],
  'service perimeter': [
    "ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc-DEF_1",
  ],
  'organization policy': [
    'FAILED_PRECONDITION: Operation denied by org policy on resource \'projects/demo\': ["customConstraints/custom.runInternal": "Only internal"].',
    'FAILED_PRECONDITION: constraints/run.somethingNew forbids it',
    'FAILED_PRECONDITION: perhaps due to an organization policy.',
    "HTTPError 412: 'us' violates constraint 'gcp.somethingNew'",
  ],
  'may not act as the account': [
    "ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'iam.serviceaccounts.actAs' denied on service account 123456789012-compute@developer.gserviceaccount.com (or it may not exist).",
  ],
  'may not turn on APIs': [
    'ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission denied to enable service [run.googleapis.com]',
  ],
  'API off': [
    'ERROR: (gcloud.secrets.create) PERMISSION_DENIED: Secret Manager API has not been used in project 123456789012 before or it is disabled.',
    'ERROR: (gcloud.run.deploy) Retry\nThis may be due to network connectivity issues. Please check your network settings, and the status of the service you are trying to reach.',
  ],
  'no billing': [
    "ERROR: (gcloud.services.enable) FAILED_PRECONDITION: Billing account for project '123456789012' is not found. Billing must be enabled for activation of service(s)",
  ],
  'no login': [
    'ERROR: (gcloud.run.deploy) You do not currently have an active account selected.',
    'ERROR: (gcloud.run.deploy) There was a problem refreshing your current auth tokens: Reauthentication failed. cannot prompt during non-interactive execution.',
    "ERROR: (gcloud.auth.print-access-token) There was a problem refreshing your current auth tokens: ('invalid_grant: Token has been expired or revoked.', {'error': 'invalid_grant'})",
    'ERROR: (gcloud.run.deploy) UNAUTHENTICATED: Request had invalid authentication credentials.',
  ],
  // google-github-actions/deploy-cloudrun#427, #182, #487; PAIR-code/deliberate-lab#953
  'not permitted': [
    "ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'run.services.get' denied on resource 'namespaces/demo-project/services/redisdemo' (or resource may not exist).",
    'ERROR: (gcloud.run.deploy) [dev@example.com] does not have permission to access namespaces instance [demo-project] (or it may not exist): The caller does not have permission.',
    'ERROR: Permission denied while accessing Artifact Registry.',
    'Caller does not have required permission to use project demo-project. Grant the caller the roles/serviceusage.serviceUsageConsumer role',
  ],
  // google-github-actions/deploy-cloudrun#184
  'variable of another kind': [
    'ERROR: (gcloud.run.deploy) Cannot update environment variable [REDISPASS] to string literal because it has already been set with a different type.',
  ],
  // gcloud 528 behind a proxy that answers so
  'proxy login': [
    "ERROR: (gcloud.auth.print-access-token) HTTPSConnectionPool(host='oauth2.googleapis.com', port=443): Max retries exceeded with url: /token (Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 407 Proxy Authentication Required')))",
  ],
  // gcloud 528 with such settings
  'setting of gcloud': [
    'ERROR: (gcloud.auth.print-access-token) Invalid value for property [core/custom_ca_certs_file]: The provided path must exist.',
    'ERROR: (gcloud.auth.print-access-token) Please set all or none of the following properties: proxy/type, proxy/address and proxy/port',
    'ERROR: (gcloud.auth.print-access-token) Failed to parse: http://127.0.0.1:3128',
  ],
  'not trusted': [
    "ERROR: (gcloud.auth.print-access-token) HTTPSConnectionPool(host='oauth2.googleapis.com', port=443): Max retries exceeded with url: /token (Caused by SSLError(SSLError(136, '[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:4106)')))",
    "ERROR: (gcloud.auth.print-access-token) There was a problem refreshing your current auth tokens: HTTPSConnectionPool(host='oauth2.googleapis.com', port=443): Max retries exceeded with url: /token (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1010)')))",
    'not_trusted: not trusted: unable to get local issuer certificate',
  ],
  'not Google': ['not_google: something else than Google answered (status 200): a web page titled "Log in"'],
  'Google is busy': [
    'ERROR: (gcloud.run.deploy) HttpError accessing <https://europe-west1-run.googleapis.com/>: response: <503>\nThis may be due to network connectivity issues.',
    'UNAVAILABLE: status 502: a web page titled "Error 502 (Server Error)!!1"',
  ],
  'Google is unreachable': [
    'ERROR: gcloud crashed (ProxyError): HTTPSConnectionPool',
    "ERROR: (gcloud.auth.print-access-token) There was a problem refreshing your current auth tokens: HTTPSConnectionPool(host='oauth2.googleapis.com', port=443): Max retries exceeded with url: /token (Caused by NameResolutionError(\"Failed to resolve 'oauth2.googleapis.com' ([Errno -3] Temporary failure in name resolution)\"))",
    "ERROR: (gcloud.auth.print-access-token) ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
    "ERROR: (gcloud.auth.print-access-token) HTTPSConnectionPool(host='oauth2.googleapis.com', port=443): Max retries exceeded with url: /token (Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 403 Forbidden')))",
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

/** What is typed names what the refusal names, and who asked. */
const HINTS: readonly (readonly [title: string, said: string, hint: string])[] = [
  [
    'a right on Secret Manager',
    "ERROR: (gcloud.secrets.create) PERMISSION_DENIED: Permission 'secretmanager.secrets.create' denied for resource 'projects/demo-project' (or it may not exist).",
    '--member=serviceAccount:ci@demo-project.iam.gserviceaccount.com --role=roles/secretmanager.admin',
  ],
  [
    'a right on buckets',
    'ERROR: (gcloud.run.deploy) HTTPError 403: dev@example.com does not have storage.buckets.get access to the Google Cloud Storage bucket.',
    '--role=roles/storage.admin',
  ],
  [
    'a bucket that may not be used',
    'ERROR: (gcloud.run.deploy) [dev@example.com] does not have permission to access b instance [run-sources-demo-project-europe-west1] (or it may not exist): access denied',
    '--role=roles/storage.admin',
  ],
  [
    // google-github-actions/setup-gcloud#364
    'a right to use the project',
    'ERROR: (gcloud.builds.submit) The user is forbidden from accessing the bucket [p_cloudbuild]. Please check your organization\'s policy or if the user has the "serviceusage.services.use" permission.',
    '--role=roles/serviceusage.serviceUsageConsumer',
  ],
  [
    'a right on Artifact Registry',
    "ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'artifactregistry.repositories.create' denied on resource",
    '--role=roles/artifactregistry.admin',
  ],
  ['a right on Cloud Run', "PERMISSION_DENIED: Permission 'run.services.create' denied", '--role=roles/run.admin'],
  [
    'a right on builds',
    "PERMISSION_DENIED: Permission 'cloudbuild.builds.create' denied",
    '--role=roles/cloudbuild.builds.editor',
  ],
  [
    'an account that builds and is not the one that runs',
    'INVALID_ARGUMENT: Invalid build request. could not resolve source: googleapi: Error 403: builder@other.iam.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object., forbidden',
    '--member=serviceAccount:builder@other.iam.gserviceaccount.com --role=roles/run.builder',
  ],
  [
    'an account that builds and is not named',
    'INVALID_ARGUMENT: Invalid build request. could not resolve source',
    '--member=serviceAccount:123456789012-compute@developer.gserviceaccount.com --role=roles/run.builder',
  ],
  [
    'an account to act as',
    'PERMISSION_DENIED: caller does not have permission to act as service account projects/demo-project/serviceAccounts/b@demo-project.iam.gserviceaccount.com',
    'add-iam-policy-binding b@demo-project.iam.gserviceaccount.com --project=demo-project --member=serviceAccount:ci@demo-project.iam.gserviceaccount.com',
  ],
  [
    // googlecodelabs/feedback#751
    'an account to act as, beside the one of a person',
    "User [dev@example.com] does not have permission to access namespace [p] (or it may not exist): Permission 'iam.serviceaccounts.actAs' denied on service account run@p.iam.gserviceaccount.com (or it may not exist).",
    'add-iam-policy-binding run@p.iam.gserviceaccount.com --project',
  ],
  [
    'an account to act as, beside the one that asks',
    "User [ci@p.iam.gserviceaccount.com] does not have permission to access namespace [p]: Permission 'iam.serviceaccounts.actAs' denied on service account run@p.iam.gserviceaccount.com (or it may not exist).",
    'add-iam-policy-binding run@p.iam.gserviceaccount.com --project',
  ],
  [
    'a registry, by its name only',
    'ERROR: Permission denied while accessing Artifact Registry.',
    '--role=roles/artifactregistry.admin',
  ],
  [
    'a constraint without its prefix',
    "HTTPError 412: 'us' violates constraint 'gcp.somethingNew'",
    'org-policies describe gcp.somethingNew --effective',
  ],
  [
    'a secret that is to be plain',
    'Cannot update environment variable [API_KEY] to string literal because it has already been set with a different type.',
    '--remove-secrets=API_KEY',
  ],
  [
    'a plain variable that is to be a secret',
    'Cannot update environment variable [REDISPASS] to the given type because it has already been set with a different type.',
    '--remove-env-vars=REDISPASS',
  ],
  [
    'an image of another project',
    'Google Cloud Run Service Agent service-1@serverless-robot-prod.iam.gserviceaccount.com must have permission to read the image, us-central1-docker.pkg.dev/other-project/my-repo/app:latest.',
    'add-iam-policy-binding my-repo --location=us-central1 --project=other-project --member=serviceAccount:service-1@serverless-robot-prod.iam.gserviceaccount.com',
  ],
  [
    'a constraint that nobody knew',
    'constraints/run.somethingNew forbids it',
    'org-policies describe run.somethingNew --effective --project=demo-project',
  ],
  ['a build account that is demanded', 'build.service_account must be specified', '--build-service-account'],
  ['a region without builds', 'cannot run builds in this region', '--build-region us-central1'],
];

it.each(HINTS)('what to type fits the refusal: %s', (_, said, hint) => {
  const rule = classify(said);
  expect(rule?.hint(SCENE, said)).toContain(hint);
  expect(rule?.hint(SCENE, said)).not.toContain('--private');
});

it('a constraint is named, known or not, and --private is offered only where it helps', () => {
  for (const name of ['gcp.resourceLocations', 'run.managed.requireInvokerIam', 'run.somethingNew']) {
    const said = `FAILED_PRECONDITION: constraints/${name} forbids it`;
    const rule = classify(said);
    expect(rule && meaningOf(rule, said)).toMatch(new RegExp(`: constraints/${name}\\.$`));
    expect(rule?.hint({ ...SCENE, private: true }, said)).not.toContain('--private');
    expect(rule?.hint(SCENE, said).includes('--private')).toBe(name === 'run.managed.requireInvokerIam');
  }
});

it("gcloud's sentence about refreshing tokens proves nothing by itself", () => {
  const reason = 'ERROR: (gcloud.auth.print-access-token) There was a problem refreshing your current auth tokens: ';
  expect(whyUnanswered({ reason })).toBeUndefined();
  expect(
    isRetryable({ reason: `${reason}('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))` }),
  ).toBe(true);
  expect(isRetryable({ reason: `${reason}Reauthentication failed.` })).toBe(false);
});

it('a region that Google refused for a build is not offered again', () => {
  const said = 'cannot run builds in this region';
  const hint = classify(said)?.hint({ ...SCENE, buildRegion: 'us-central1' }, said);
  expect(hint).toContain('--build-region us-west2 (or europe-west1, ');
  expect(hint).not.toContain('us-central1');
});

it.each([
  ['could not resolve source'],
  ['service account is missing required IAM permissions'],
  ['denied: Permission "artifactregistry.repositories.uploadArtifacts" denied on resource'],
  ['denied by constraints/iam.automaticIamGrantsForDefaultServiceAccounts'],
])('a role to build is for the account that builds, and for nobody where that is not known: %s', (said) => {
  const hintFor = (context: FailureContext, text = said) => classify(text)?.hint(context, text);
  expect(hintFor(SCENE)).toContain('--member=serviceAccount:123456789012-compute@developer.gserviceaccount.com ');
  expect(hintFor(SCENE, `${said} for b@other.iam.gserviceaccount.com`)).toContain('--member=serviceAccount:b@other.');
  const unknown = hintFor({ ...SCENE, builder: undefined, buildRegion: 'us-central1' });
  expect(unknown).toContain('--member=serviceAccount:BUILD_ACCOUNT --role=roles/run.builder');
  expect(unknown).not.toContain(SCENE.account);
  expect(unknown).toContain('gcloud builds get-default-service-account --project=demo-project --region=us-central1');
});

it('a build is looked up in the region where it was built', () => {
  const hint = classify('Build failed')?.hint({ ...SCENE, buildRegion: 'us-central1' }, 'Build failed');
  expect(hint).toContain('gcloud builds list --project=demo-project --region=us-central1');
});

describe.each(FAILURES)('the rule for $name', ({ name, words, hint }) => {
  const [said = ''] = FIXTURES[name] ?? [];
  it('has a fixture, a sentence, and a way out without holes', () => {
    expect(FIXTURES[name]?.length ?? 0).toBeGreaterThan(0);
    expect(words).toMatch(/^\w.*\.$/);
    expect(hint(SCENE, said)).toMatch(/^\S.{10,}/);
    expect(hint(SCENE, said)).not.toMatch(/undefined|\[object/);
  });
});
