import * as v from 'valibot';
import type { Setting } from '../command/setting.ts';

export const imageSettings = {
  platform: {
    flag: '--platform <platform>',
    words: "linux/amd64 (Cloud Run's) or linux/arm64; default: the engine's",
    rule: v.picklist(['linux/amd64', 'linux/arm64'], 'one of linux/amd64, linux/arm64'),
  },
} as const satisfies Record<string, Setting>;
