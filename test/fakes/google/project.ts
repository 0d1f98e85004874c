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
  | 'run.managed.requireInvokerIam';

/** Only what never listens comes to it; a test that has such a container sets another one. */
export const START_LIMIT_MS = 300_000;

export interface Project {
  readonly id: string;
  readonly number: string;
  readonly regions: readonly string[];
  /** Which APIs are on. */
  readonly apis: Set<string>;
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

export function isOn(api: string, { apis }: Project): boolean {
  return ALWAYS_ON.has(api) || apis.has(api);
}
