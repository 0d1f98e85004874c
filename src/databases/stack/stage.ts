import type { Database } from '../../stage/stage.ts';
import { VARIABLES } from './settings.ts';

export const stack: Database = {
  kind: 'database',
  name: 'stack',
  summary: 'Redis Stack, or Redis 8, in a container',
  variables: Object.values(VARIABLES),
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
