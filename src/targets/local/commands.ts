import { command } from '../../command/command-spec.ts';
import { linesSettings, servicePort } from '../../command/docker-options.ts';
import type { TargetOptions } from '../../stage/target-work.ts';

export const options: TargetOptions = {
  place: {},
  up: { port: servicePort },
  deploy: {
    description: 'Runs the service as a process in the background, and proves it with the smoke test.',
    settings: { port: servicePort },
  },
  destroy: {
    description: 'Stops the process in the background, which finishes what is in flight.',
    settings: {},
  },
};

export const logs = command({
  description: 'Shows the last lines that the service in the background has written.',
  settings: linesSettings,
  work: async (values, invocation) => (await import('./logs.ts')).logsOfProcess(values, invocation),
});
