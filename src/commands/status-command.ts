import { command } from '../command/command-spec.ts';

export const status = command({
  description: 'Asks every stage what is there: absent, partial, ready or foreign.',
  settings: {},
  work: async (values, invocation) => (await import('./status.ts')).statusCommand(values, invocation),
});
