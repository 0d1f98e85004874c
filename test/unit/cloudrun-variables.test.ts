/** Variables that somebody made secrets, before a deployment sets them as plain ones: gcloud refuses that after the build. */
import { expect, it } from 'vitest';
import { plainStep } from '../../src/targets/cloudrun/release/deploy-step.ts';
import type { CloudRunSettings } from '../../src/targets/cloudrun/service/settings.ts';
import { CLOUD_RUN, SERVICE_JSON } from '../support/cloudrun-plans.ts';
import { stateOf } from '../support/google-api.ts';

const OWN = { ...CLOUD_RUN, variables: [{ name: 'API_KEY', value: () => 'x' }] };

function removed(settings: CloudRunSettings, secrets: readonly string[], plain: readonly string[] = []) {
  const env = [
    ...secrets.map((name) => ({ name, valueFrom: { secretKeyRef: { name, key: '1' } } })),
    ...plain.map((name) => ({ name, value: 'x' })),
  ];
  const template = { spec: { containers: [{ image: 'redisdemo', env }] } };
  const state = stateOf({ ...SERVICE_JSON, spec: { template } }, 'closed');
  const [step] = plainStep(settings, state);
  const call = step?.action.kind === 'resource' ? step.action.create : undefined;
  return call && 'words' in call ? call.words.filter((word) => word.startsWith('--remove-')) : [];
}

it.each([
  ['that redisdemo sets', CLOUD_RUN, ['REDISHOST', 'REDISCA'], [], ['--remove-secrets=REDISHOST,REDISCA']],
  [
    'of which the listening address is one',
    CLOUD_RUN,
    ['LISTEN_HOST'],
    ['REDISHOST'],
    ['--remove-secrets=LISTEN_HOST'],
  ],
  ['of --set-env', OWN, ['API_KEY'], ['REDISHOST'], ['--remove-secrets=API_KEY']],
  // Without its authority, the revision in between could not reach its Redis, and would never be ready.
  [
    'without which Redis is out of reach',
    CLOUD_RUN,
    ['REDISCA'],
    ['REDISHOST'],
    ['--remove-secrets=REDISCA', '--remove-env-vars=REDISHOST'],
  ],
  ['that stay secrets', CLOUD_RUN, ['REDISPASS'], ['REDISHOST'], []],
  ['that go', CLOUD_RUN, ['API_KEY'], ['REDISHOST'], []],
] as const)('secrets %s', (_, settings, secrets, plain, words) => {
  expect(removed(settings, secrets, plain)).toEqual(words);
});
