/** Cloud Run as a stage. In which order the folders import each other: test/unit/imports.test.ts. */
import type { Target } from '../../stage/stage.ts';

export const cloudrun: Target = {
  kind: 'target',
  name: 'cloudrun',
  summary: 'on Google Cloud Run',
  removes: 'the service, its secret, images and sources',
  variables: ['REDISDEMO_PROJECT', 'REDISDEMO_REGION', 'REDISDEMO_SERVICE', 'REDISDEMO_CLOUDRUN_DB'],
  reaches: 'internet',
  databaseVariable: 'REDISDEMO_CLOUDRUN_DB',
  verbs: {
    logs: { summary: 'of the service on Cloud Run', load: async () => (await load()).logs },
    promote: { summary: 'all the traffic to the candidate', load: async () => (await load()).promote },
    rollback: { summary: 'back to the revision before', load: async () => (await load()).rollback },
  },
  options: async () => (await load()).options,
  access: {
    isFor: ({ hostname }) => hostname.endsWith('.run.app'),
    settings: async () => (await import('./commands/options.ts')).accessSettings,
    open: async (values, invocation) => (await import('./google/identity.ts')).openAccess(values, invocation),
  },
  load: async () => (await import('./stage-work.ts')).cloudRunTarget,
};

function load() {
  return import('./commands/commands.ts');
}
