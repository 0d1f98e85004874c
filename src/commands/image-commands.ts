/** The commands for the image of the service. */
import { command } from '../command/command-spec.ts';
import * as v from 'valibot';
import { planSettings } from '../command/docker-options.ts';
import type { Setting } from '../command/setting.ts';

export const imageSettings = {
  platform: {
    flag: '--platform <platform>',
    words: "linux/amd64 (Cloud Run's) or linux/arm64; default: the engine's",
    rule: v.picklist(['linux/amd64', 'linux/arm64'], 'one of linux/amd64, linux/arm64'),
  },
} as const satisfies Record<string, Setting>;

export const build = command({
  description:
    'Builds the service as a Docker image. No package manager runs in the build, and\nthe same service is not built twice.',
  settings: { ...imageSettings, ...planSettings },
  work: async (values, invocation) => (await import('./image.ts')).imageBuild(values, invocation),
});

export const eject = command({
  description:
    'Writes the Dockerfile, the ignore files and the service into a new folder, so\nthat you can go on without redisdemo.',
  settings: {},
  work: async (_values, invocation, [folder = '']) => (await import('./image.ts')).imageEject(folder, invocation),
});
