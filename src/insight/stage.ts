import type { Tool } from '../stage/stage.ts';

export const insight: Tool = {
  kind: 'tool',
  name: 'insight',
  summary: 'RedisInsight, which knows our databases',
  variables: ['REDISDEMO_INSIGHT_PORT'],
  onEngine: true,
  load: async () => (await import('./work.ts')).insightStage,
  commands: (stages) => ({
    up: {
      summary: 'start it with our databases set up',
      load: async () => (await import('./commands.ts')).upWith(stages),
    },
    down: { summary: 'take it away', load: async () => (await import('./commands.ts')).down },
  }),
};
