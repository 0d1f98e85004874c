/** An image that is built in another region than the service's: what is asked of gcloud, and when it is built again. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { CommandCall } from '../../src/plan/call.ts';
import type { Step } from '../../src/plan/plan.ts';
import { buildSteps } from '../../src/targets/cloudrun/build/build-step.ts';
import { deploymentSettings } from '../../src/targets/cloudrun/commands/options.ts';
import { deployStep } from '../../src/targets/cloudrun/release/deploy-step.ts';
import { type CloudRunSettings, digestOfSettings, tagOfSource } from '../../src/targets/cloudrun/service/settings.ts';
import { BUILT_ELSEWHERE, CLOUD_RUN } from '../support/cloudrun-plans.ts';

function created(step: Step | undefined): CommandCall {
  const call = step?.action.kind === 'resource' ? step.action.create : undefined;
  if (call && 'words' in call) return call;
  throw new Error('the step makes nothing with a program');
}

const deployed = (settings: CloudRunSettings) => created(deployStep(settings, 'first', 1)).words;
const IMAGE = 'europe-west1-docker.pkg.dev/demo-project/cloud-run-source-deploy/redisdemo';

it('the build has its region, its account, the tag of the service, and its log where nothing is left over', () => {
  const { words, stdin } = created(buildSteps(BUILT_ELSEWHERE).at(-1));
  expect(words).toEqual(
    expect.arrayContaining([
      ...['gcloud', 'builds', 'submit', '--region=us-central1'],
      '--gcs-source-staging-dir=gs://run-sources-demo-project-europe-west1/services/redisdemo/us-central1',
    ]),
  );
  expect(stdin).toMatchObject({
    json: {
      images: [`${IMAGE}:${tagOfSource(BUILT_ELSEWHERE)}`],
      tags: ['service_redisdemo'],
      options: { logging: 'CLOUD_LOGGING_ONLY' },
      serviceAccount: 'projects/shared/serviceAccounts/builder@shared.iam.gserviceaccount.com',
    },
  });
});

it('the image is deployed by its digest, and nothing is built by the deployment', () => {
  const words = deployed(BUILT_ELSEWHERE);
  expect(words).toContain(`--image=${IMAGE}@{{IMAGE_DIGEST}}`);
  expect(words.filter((word) => /^--(?:source|build-)/.test(word))).toEqual([]);
});

it('without another region, and with an image, there is no step more', () => {
  const image = { kind: 'image', image: `${IMAGE}:1` } as const;
  expect(buildSteps(CLOUD_RUN)).toEqual([]);
  expect(buildSteps({ ...BUILT_ELSEWHERE, source: image })).toEqual([]);
  expect(deployed({ ...BUILT_ELSEWHERE, source: image })).toContain(`--image=${IMAGE}:1`);
  expect(deployed({ ...BUILT_ELSEWHERE, buildRegion: undefined })).toEqual(
    expect.arrayContaining([
      "--source=/home/o'neil/dist",
      '--build-service-account=projects/shared/serviceAccounts/builder@shared.iam.gserviceaccount.com',
    ]),
  );
});

it.each([
  'PERMISSION_DENIED: SERVICE_DISABLED',
  'Artifact Registry API has not been used in project 123456789012 before or it is disabled.',
])('an API that is called off is no reason to make anything: %s', (said) => {
  const finds = buildSteps(BUILT_ELSEWHERE).flatMap(({ action }) =>
    action.kind === 'resource' && 'words' in action.find.call ? [action.find.call] : [],
  );
  expect(finds).toHaveLength(3);
  for (const { absent = '(?!)', transient = '(?!)' } of finds) {
    expect(new RegExp(absent).test(said)).toBe(false);
    expect(new RegExp(transient).test(said)).toBe(true);
  }
});

describe('the tag of an image', () => {
  const tag = tagOfSource(BUILT_ELSEWHERE);
  it.each<[string, Partial<CloudRunSettings>]>([
    ['other settings', { max: 9, connection: undefined }],
    ['another region of the build', { buildRegion: 'us-west1' }],
    ['a copy of the folder', { source: { kind: 'folder', folder: '/copy', digest: 'abc' } }],
  ])('is the same with %s', (_, settings) => {
    expect(tagOfSource({ ...BUILT_ELSEWHERE, ...settings })).toBe(tag);
  });

  it.each<[string, Partial<CloudRunSettings>]>([
    ['another content', { source: { kind: 'folder', folder: '/copy', digest: 'def' } }],
    ['--force', { force: '2026-01-01T00:00:00Z' }],
  ])('is another one with %s', (_, settings) => {
    expect(tagOfSource({ ...BUILT_ELSEWHERE, ...settings })).not.toBe(tag);
  });

  it('is one that registries take', () => {
    // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
    expect(tag).toMatch(/^\w[\w.-]{0,127}$/);
  });
});

it('a deployment with another region of the build is another deployment', () => {
  expect(digestOfSettings(BUILT_ELSEWHERE)).not.toBe(digestOfSettings(CLOUD_RUN));
});

it.each([
  ['us-central1', true],
  ['global', true],
  ['US', false],
  ['us-central1/', false],
  ['', false],
])('a region of the build: %j is taken: %s', (region, isTaken) => {
  expect(v.safeParse(deploymentSettings.buildRegion.rule, region).success).toBe(isTaken);
});
