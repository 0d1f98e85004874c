import { command } from '../command/command-spec.ts';
import { planSettings, upSettings } from '../command/docker-options.ts';

export const up = command({
  description:
    'Starts a database, runs the service against it, and proves it with the smoke test. Run it twice: the second time only asks.',
  settings: { ...upSettings, explain: planSettings.explain },
  work: async (values, invocation) => (await import('./up.ts')).upCommand(values, invocation),
});
