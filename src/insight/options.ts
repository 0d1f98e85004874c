import { portSetting, waitSettings } from '../command/docker-options.ts';
import type { Setting } from '../command/setting.ts';

export const insightSettings = {
  port: portSetting('--port', 'REDISDEMO_INSIGHT_PORT', 'port of RedisInsight on 127.0.0.1', '5540'),
  ...waitSettings,
  acceptTerms: { flag: '--accept-terms', words: "accept RedisInsight's terms: https://redis.io/legal/" },
} as const satisfies Record<string, Setting>;
