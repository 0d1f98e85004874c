import type { Database } from '../../stage/stage.ts';

export const stack: Database = {
  kind: 'database',
  name: 'stack',
  summary: 'Redis Stack, or Redis 8, in a container',
  variables: ['REDISDEMO_STACK_IMAGE', 'REDISDEMO_STACK_PORT', 'REDISDEMO_STACK_INSIGHT_PORT'],
  reachedFrom: ['machine', 'engine'],
  tourFrom: ['machine', 'engine'],
  onEngine: true,
  load: async () => (await import('./work.ts')).stackDatabase,
  commands: () => ({
    up: { summary: 'start it, or find it running', load: async () => (await import('./commands.ts')).up },
    down: { summary: 'take it away; its data stays', load: async () => (await import('./commands.ts')).down },
    status: { summary: 'what is there', load: async () => (await import('./commands.ts')).status },
    logs: { summary: 'the last lines of its log', load: async () => (await import('./commands.ts')).logs },
  }),
};
