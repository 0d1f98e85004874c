import { portOrAuto, waitSettings } from '../../command/docker-options.ts';
import { filePath, imageName } from '../../command/options.ts';
import type { Setting } from '../../command/setting.ts';

export const stackUpSettings = {
  image: {
    flag: '--image <image>',
    variable: 'REDISDEMO_STACK_IMAGE',
    words: 'redis/redis-stack, or its successor redis:8',
    fallback: 'redis/redis-stack',
    rule: imageName,
  },
  port: portOrAuto('--port', 'REDISDEMO_STACK_PORT', 'port of Redis on 127.0.0.1', '6379'),
  insightPort: portOrAuto('--insight-port', 'REDISDEMO_STACK_INSIGHT_PORT', 'port of the RedisInsight in it', '8001'),
  password: { flag: '--password', words: 'with a generated password' },
  passwordFile: { flag: '--password-file <file>', words: 'with the password in this file', rule: filePath },
  ...waitSettings,
} as const satisfies Record<string, Setting>;
