import { command } from '../command/command-spec.ts';
import { removeSettings, volumesSettings } from '../command/docker-options.ts';

export const down = command({
  description:
    'Takes away all that redisdemo made on this machine. The data of Redis Stack stays unless --volumes is given.',
  settings: { ...volumesSettings, ...removeSettings },
  work: async (values, invocation) => (await import('./down.ts')).downCommand(values, invocation),
});
