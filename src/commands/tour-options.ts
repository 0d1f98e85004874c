import { redisSettings } from '../command/options.ts';
import type { Setting } from '../command/setting.ts';

/** Targets add theirs. */
export const tourSettings = {
  keep: { flag: '--keep', words: 'keep what the tour created' },
  ...redisSettings,
} as const satisfies Record<string, Setting>;
