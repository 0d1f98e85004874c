import { command } from '../../command/command-spec.ts';
import { linesSettings, ownerSettings, servicePort } from '../../command/docker-options.ts';
import type { TargetOptions } from '../../stage/target-work.ts';

export const options: TargetOptions = {
  place: {},
  up: { port: servicePort },
  deploy: {
    description:
      'Builds the image if needed, runs the service as a container beside its database, and proves it with the smoke test.',
    settings: { port: servicePort },
  },
  destroy: {
    description: 'Takes the container away, and with it its secret and its image.',
    settings: ownerSettings,
  },
};

export const logs = command({
  description: 'Shows the last lines that the container of the service has written.',
  settings: linesSettings,
  work: async ({ lines }, invocation) => {
    const [{ printLog }, { SERVICE }] = await Promise.all([
      import('../../command/container-log.ts'),
      import('./container.ts'),
    ]);
    await printLog(
      { container: SERVICE, lines, start: 'redisdemo deploy container', missing: 'not_deployed' },
      invocation,
    );
  },
});
