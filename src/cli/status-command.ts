import { command } from './command-spec.ts';

export const status = command({
  description: 'Asks every stage what is there: absent, partial, ready or foreign.',
  settings: {},
  work: async (values, invocation) => (await import('./commands/status.ts')).statusCommand(values, invocation),
});
