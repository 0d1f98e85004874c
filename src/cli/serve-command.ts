import { command } from './command-spec.ts';
import { serveSettings } from './options.ts';

export const serve = command({
  description:
    'Runs the REST service in the foreground: users in memory, or in Redis when one\nis given. Ctrl-C or SIGTERM finishes what is in flight and stops it.',
  settings: serveSettings,
  work: async (values, invocation) => (await import('./commands/serve.ts')).serveCommand(values, invocation),
});
