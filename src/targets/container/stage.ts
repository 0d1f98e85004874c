import type { Target } from '../../stage/stage.ts';

export const container: Target = {
  kind: 'target',
  name: 'container',
  summary: 'as a container',
  removes: 'the container, its secret and its image',
  variables: ['REDISDEMO_SERVICE_PORT'],
  reaches: 'engine',
  onEngine: true,
  verbs: {
    logs: { summary: 'of the container', load: async () => (await import('./commands.ts')).logs },
  },
  options: async () => (await import('./commands.ts')).options,
  load: async () => (await import('./stage-work.ts')).containerTarget,
};
