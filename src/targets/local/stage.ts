import type { Target } from '../../stage/stage.ts';

export const local: Target = {
  kind: 'target',
  name: 'local',
  summary: 'as a process in the background',
  removes: 'the process in the background',
  variables: ['REDISDEMO_SERVICE_PORT'],
  reaches: 'machine',
  verbs: {
    logs: { summary: 'of the process in the background', load: async () => (await import('./commands.ts')).logs },
  },
  options: async () => (await import('./commands.ts')).options,
  load: async () => (await import('./stage-work.ts')).localTarget,
};
