/** The commands that run, test and feed the service by itself. */
import { command } from './command-spec.ts';
import { envSettings } from './docker-options.ts';
import { serveSettings, smokeSettings } from './options.ts';

export const serve = command({
  description:
    'Runs the REST service in the foreground: users in memory, or in Redis when one\nis given. Ctrl-C or SIGTERM finishes what is in flight and stops it.',
  settings: serveSettings,
  work: async (values, invocation) => (await import('./commands/serve.ts')).serveCommand(values, invocation),
});

export const smoke = command({
  description:
    "Runs the tutorial's own test against a running service: the same contract on\nevery stage and on every run. Records that it did not write stay untouched.\nWhen Redis is given too, it also looks whether the data arrived there.",
  settings: smokeSettings,
  work: async (values, invocation) => (await import('./commands/smoke.ts')).smokeCommand(values, invocation),
});

export const env = command({
  description:
    'Prints the connection of a database for a shell: eval "$(redisdemo env)".\nThe password itself only with --reveal, or in a file of your own with --out.',
  settings: envSettings,
  work: async (values, invocation) => (await import('./commands/env.ts')).envCommand(values, invocation),
});
