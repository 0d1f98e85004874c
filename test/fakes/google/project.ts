/** The project that the stand-in plays, and what a test may change about it while it runs. */
import type { Workload } from './container.ts';

/** What `gcloud run deploy --source` and our own calls need: facts from the requests that the real client sends. */
const APIS = [
  'artifactregistry.googleapis.com',
  'cloudbilling.googleapis.com',
  'cloudbuild.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'iam.googleapis.com',
  'iamcredentials.googleapis.com',
  'logging.googleapis.com',
  'run.googleapis.com',
  'secretmanager.googleapis.com',
  'serviceusage.googleapis.com',
  'storage.googleapis.com',
];

/** Never asked to be on: cloud.google.com/service-usage/docs/overview, "services that are always available" [S]. */
const ALWAYS_ON = new Set(['serviceusage.googleapis.com', 'oauth2.googleapis.com', 'iamcredentials.googleapis.com']);

/** Names as in cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints. */
export type Constraint =
  /** Domain restricted sharing: `allUsers` may not be in a policy. */
  | 'iam.allowedPolicyMemberDomains'
  /** The invoker check of a Cloud Run service may not be switched off. */
  | 'run.managed.requireInvokerIam'
  /** Resources may be in the regions of the project only, and nothing may be global. */
  | 'gcp.resourceLocations'
  /** No requests from the internet: `run.googleapis.com/ingress` may not be `all`, its default. */
  | 'run.allowedIngress'
  /** Builds have no default account. */
  | 'cloudbuild.useBuildServiceAccount'
  /** Builds may not run in Google's own pool. */
  | 'cloudbuild.allowedWorkerPools';

/** Only what never listens comes to it; a test that has such a container sets another one. */
export const START_LIMIT_MS = 300_000;

export interface Project {
  readonly id: string;
  readonly number: string;
  readonly regions: readonly string[];
  /** Which APIs are on. */
  readonly apis: Set<string>;
  /**
   * How many requests an API still refuses after it was turned on: "If you enabled this API recently, wait a few minutes
   * for the action to propagate to our systems and retry." (the sentence that gcloud 528 looks for,
   * api_lib/util/api_enablement.py).
   */
  enablingLag: number;
  /** What is left of it, by API. */
  readonly lagging: Map<string, number>;
  /** Accounts of other projects that can be used here, each with its project. */
  readonly sharedAccounts: Map<string, string>;
  /** Accounts that are disabled: cloud.google.com/iam/docs/service-accounts-disable-enable. */
  readonly disabledAccounts: Set<string>;
  /** Regions in which the project may not build: google-github-actions/deploy-cloudrun#480. */
  readonly closedToBuilds: Set<string>;
  /** Permissions that whoever is logged in lacks. */
  readonly denied: Set<string>;
  readonly constraints: Set<Constraint>;
  billing: boolean;
  /** The most instances that a service may ask for. */
  maxInstances: number;
  /** The account that builds: cloud.google.com/build/docs/cloud-build-service-account. */
  buildAccount: 'ok' | 'cannot read the source' | 'absent';
  /** The last lines of the log of a build that fails; undefined: builds succeed. */
  buildFailure: readonly string[] | undefined;
  /** How long a container may take until it listens and its startup probe is content. */
  startLimitMs: number;
  /** Changes what the containers run that start from now on; see tamper.ts. */
  tamper: ((workload: Workload) => Workload) | undefined;
  /** Of the images that are built from now on. */
  architecture: string;
  /** How many requests still see the old policy of a service after a change: cloud.google.com/iam/docs/access-change-propagation. */
  propagation: number;
}

export interface ProjectOptions {
  /** Its id; `demo-project` without it. */
  readonly project?: string;
  readonly regions?: readonly string[];
  readonly startLimitMs?: number;
}

export function createProject({
  project = 'demo-project',
  regions = ['europe-west1', 'us-central1'],
  startLimitMs = START_LIMIT_MS,
}: ProjectOptions): Project {
  return {
    id: project,
    number: '123456789012',
    regions,
    apis: new Set(APIS),
    enablingLag: 0,
    lagging: new Map(),
    sharedAccounts: new Map(),
    disabledAccounts: new Set(),
    closedToBuilds: new Set(),
    denied: new Set(),
    constraints: new Set(),
    billing: true,
    maxInstances: 100,
    buildAccount: 'ok',
    buildFailure: undefined,
    startLimitMs,
    tamper: undefined,
    architecture: 'amd64',
    propagation: 0,
  };
}

/** The default account of builds and services: cloud.google.com/compute/docs/access/service-accounts. */
export function computeAccount({ number }: Project): string {
  return `${number}-compute@developer.gserviceaccount.com`;
}

/** The API that a host serves: `run.googleapis.com` for `europe-west1-run.googleapis.com`, whatever the region. */
export function apiOf(host: string): string {
  return /^[\w-]+-run\.googleapis\.com$/.test(host) ? 'run.googleapis.com' : host;
}

/** One that was turned on just now counts as off for the next requests. */
export function isOn(api: string, { apis, lagging }: Project): boolean {
  const left = lagging.get(api) ?? 0;
  if (left > 0) lagging.set(api, left - 1);
  return ALWAYS_ON.has(api) || (apis.has(api) && left === 0);
}
