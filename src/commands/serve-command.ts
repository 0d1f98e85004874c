import { command } from '../command/command-spec.ts';
import { serveSettings } from '../command/options.ts';

export const serve = command({
  description:
    'Runs the REST service in the foreground: users in memory, or in Redis when one is given. Ctrl-C or SIGTERM finishes what is in flight and stops it.',
  settings: serveSettings,
  work: async (values, invocation) => (await import('./serve.ts')).serveCommand(values, invocation),
});
