import { command } from '../../command/command-spec.ts';
import {
  linesSettings,
  ownerSettings,
  planSettings,
  removeSettings,
  volumesSettings,
} from '../../command/docker-options.ts';
import { stackUpSettings } from './options.ts';

export const up = command({
  description:
    'Starts Redis with JSON and Search in a container, with its data in a volume and append-only persistence. Ready means: it answers from this machine, and a document goes there and back.',
  settings: { ...stackUpSettings, ...planSettings },
  work: async (values, invocation) => (await import('./work.ts')).stackUp(values, invocation),
});

export const down = command({
  description: 'Takes the container away. The volume with the data stays unless --volumes is given.',
  settings: { ...volumesSettings, ...ownerSettings, ...removeSettings },
  work: async (values, invocation) => (await import('./work.ts')).stackDown(values, invocation),
});

export const status = command({
  description: 'Says what is there: absent, partial, ready or foreign.',
  settings: {},
  work: async (values, invocation) => (await import('./work.ts')).stackStatus(values, invocation),
});

export const logs = command({
  description: "Prints the last lines of the container's log.",
  settings: linesSettings,
  work: async (values, invocation) => (await import('./work.ts')).stackLogs(values, invocation),
});
