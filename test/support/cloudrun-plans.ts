/** The plans of Cloud Run, as values: of each kind one, for what holds of every plan. */
import type { Plan } from '../../src/plan/plan.ts';
import { enablePlan } from '../../src/targets/cloudrun/preflight/enabling.ts';
import { accessPlan, releasePlan, type ReleaseSettings } from '../../src/targets/cloudrun/release/release.ts';
import type { ServiceJson } from '../../src/targets/cloudrun/service/service.ts';
import { DEPLOYMENT_DEFAULTS } from '../../src/targets/cloudrun/service/settings.ts';
import type { Openness, ServiceState } from '../../src/targets/cloudrun/service/state.ts';
import { stateOf } from './google-api.ts';

/** With a password, a certificate authority of more than a line, and a network. */
export const CLOUD_RUN: ReleaseSettings = {
  project: 'demo-project',
  region: 'europe-west1',
  service: 'redisdemo',
  source: { kind: 'folder', folder: "/home/o'neil/dist", digest: 'abc' },
  connection: { host: 'redis.example.com', port: 6380, tls: true, user: 'app', password: { variable: 'REDISPASS' } },
  ca: 'PEM\nPEM',
  ...DEPLOYMENT_DEFAULTS,
  serviceAccount: 'runner@demo-project.iam.gserviceaccount.com',
  network: 'default',
  limitMs: 1_800_000,
  account: 'runner@demo-project.iam.gserviceaccount.com',
  client: { version: '528.0.0', account: 'dev@example.com', project: undefined, property: () => undefined },
};

const IN_MEMORY: ReleaseSettings = {
  ...CLOUD_RUN,
  source: { kind: 'image', image: 'europe-west1-docker.pkg.dev/demo-project/demo/redisdemo:1' },
  connection: undefined,
  ca: undefined,
  private: true,
  variables: [{ name: 'API_KEY', value: () => 'canary' }],
};

/** As Google describes a service with a candidate. */
export const SERVICE_JSON: ServiceJson = {
  metadata: {
    name: 'redisdemo',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { redisdemo: 'cloudrun', 'redisdemo-digest': 'abc' },
    annotations: { 'run.googleapis.com/invoker-iam-disabled': 'True' },
  },
  spec: {
    template: {
      spec: {
        containers: [
          {
            image: 'redisdemo',
            env: [{ name: 'LISTEN_HOST', value: '0.0.0.0' }, { name: 'REDISPASS' }],
          },
        ],
      },
    },
  },
  status: {
    url: 'https://redisdemo-abc-ew.a.run.app',
    latestCreatedRevisionName: 'redisdemo-00002-def',
    latestReadyRevisionName: 'redisdemo-00002-def',
    conditions: [{ type: 'Ready', status: 'True' }],
    traffic: [
      { revisionName: 'redisdemo-00001-abc', percent: 100 },
      {
        revisionName: 'redisdemo-00002-def',
        tag: 'candidate',
        url: 'https://candidate---redisdemo-abc-ew.a.run.app',
      },
    ],
  },
};

/** Built in another region, by an account of its own. */
export const BUILT_ELSEWHERE: ReleaseSettings = {
  ...CLOUD_RUN,
  buildRegion: 'us-central1',
  buildServiceAccount: 'builder@shared.iam.gserviceaccount.com',
};

const there = (openness: Openness): ServiceState => stateOf(SERVICE_JSON, openness);

function joined(...plans: readonly [Plan, ...Plan[]]): Plan {
  return { title: plans[0].title, steps: plans.flatMap(({ steps }) => steps) };
}

export const cloudRunPlans: Readonly<Record<string, Plan>> = {
  'Cloud Run, a first deployment': joined(
    releasePlan(CLOUD_RUN, undefined, 1),
    accessPlan(CLOUD_RUN, undefined, '{{SERVICE_URL}}', 'unchecked'),
  ),
  'Cloud Run, the next deployment': joined(
    releasePlan(CLOUD_RUN, there('binding'), 1),
    accessPlan(CLOUD_RUN, there('binding'), 'https://redisdemo-abc-ew.a.run.app', 'binding'),
  ),
  'Cloud Run, with users in memory, closed': joined(
    releasePlan(IN_MEMORY, there('unchecked'), 1),
    accessPlan(IN_MEMORY, there('unchecked'), '', 'unchecked'),
  ),
  'Cloud Run, built in another region': joined(
    releasePlan(BUILT_ELSEWHERE, there('binding'), 1),
    accessPlan(BUILT_ELSEWHERE, there('binding'), 'https://redisdemo-abc-ew.a.run.app', 'binding'),
  ),
  'the APIs of Cloud Run': enablePlan(CLOUD_RUN, ['run.googleapis.com', 'cloudbuild.googleapis.com']),
};
