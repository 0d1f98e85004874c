import { command } from '../command/command-spec.ts';
import { planSettings } from '../command/docker-options.ts';
import { imageSettings } from './image-options.ts';

export const build = command({
  description:
    'Builds the service as a Docker image. No package manager runs in the build, and the same service is not built twice.',
  settings: { ...imageSettings, ...planSettings },
  work: async (values, invocation) => (await import('./image.ts')).imageBuild(values, invocation),
});

export const eject = command({
  description:
    'Writes the Dockerfile, the ignore files and the service into a new folder, so that you can go on without redisdemo.',
  settings: {},
  work: async (_values, invocation, [folder = '']) => (await import('./image.ts')).imageEject(folder, invocation),
});
