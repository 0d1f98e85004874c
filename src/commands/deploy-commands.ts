/** The commands for the service on this machine. */
import { command } from '../command/command-spec.ts';
import {
  deploySettings,
  linesSettings,
  ownerSettings,
  planSettings,
  takeAwaySettings,
} from '../command/docker-options.ts';

export const deployLocal = command({
  description: 'Runs the service as a process in the background, and proves it with the smoke test.',
  settings: { ...deploySettings, ...planSettings },
  work: async (values, invocation) => (await import('./deploy.ts')).deployCommand('local', values, invocation),
});

export const deployContainer = command({
  description:
    'Builds the image if needed, runs the service as a container beside its database, and proves it with the smoke test.',
  settings: { ...deploySettings, ...planSettings },
  work: async (values, invocation) => (await import('./deploy.ts')).deployCommand('container', values, invocation),
});

export const logsLocal = command({
  description: 'Shows the last lines that the service in the background has written.',
  settings: linesSettings,
  work: async (values, invocation) => (await import('./deploy-logs.ts')).logsOfProcess(values, invocation),
});

export const logsContainer = command({
  description: 'Shows the last lines that the container of the service has written.',
  settings: linesSettings,
  work: async (values, invocation) => (await import('./deploy-logs.ts')).logsOfContainer(values, invocation),
});

export const destroyLocal = command({
  description: 'Stops the process in the background, which finishes what is in flight.',
  settings: takeAwaySettings,
  work: async (values, invocation) => (await import('./deploy.ts')).destroyCommand('local', values, invocation),
});

export const destroyContainer = command({
  description: 'Takes the container away, and with it its secret and its image.',
  settings: { ...ownerSettings, ...takeAwaySettings },
  work: async (values, invocation) => (await import('./deploy.ts')).destroyCommand('container', values, invocation),
});
