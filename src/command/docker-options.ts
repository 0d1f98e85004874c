/** The options of the commands that make things in Docker or in the background. */
import * as v from 'valibot';
import { duration, filePath, imageName, redisSettings, wholeNumber } from './options.ts';
import type { Setting } from './setting.ts';

export const planSettings = {
  print: { flag: '--print', words: 'print the commands as a shell script, do nothing' },
  explain: { flag: '--explain', words: 'show each command as it runs' },
} as const satisfies Record<string, Setting>;

export const waitSettings = {
  timeout: {
    flag: '--timeout <duration>',
    variable: 'REDISDEMO_TIMEOUT',
    words: 'longest wait for what is started, such as 2m',
    rule: duration,
  },
} as const satisfies Record<string, Setting>;

const portSetting = (flag: string, variable: string, words: string, fallback: string) =>
  ({ flag: `${flag} <port>`, variable, words, fallback, rule: wholeNumber(1, 65_535) }) as const;

export const portOrAuto = (flag: string, variable: string, words: string, fallback: string) =>
  ({
    flag: `${flag} <port|auto>`,
    variable,
    words,
    fallback,
    rule: v.union([v.literal('auto'), wholeNumber(1, 65_535)], 'a port or auto'),
  }) as const;

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

/** Of what goes without a question: it can be made again. */
export const takeAwaySettings = { explain: planSettings.explain } as const satisfies Record<string, Setting>;

/** Of stages in Docker: the one way to remove what was created from another state folder. */
export const ownerSettings = {
  owner: {
    flag: '--owner <id>',
    words: 'remove what the state folder with this id created instead',
    rule: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'an id as `redisdemo status` shows it')),
  },
} as const satisfies Record<string, Setting>;

export const removeSettings = {
  yes: { flag: '-y, --yes', words: 'answer yes to its questions, as scripts must' },
  ...takeAwaySettings,
} as const satisfies Record<string, Setting>;

export const volumesSettings = {
  volumes: { flag: '--volumes', words: 'delete the data too (it asks before, unless --yes)' },
} as const satisfies Record<string, Setting>;

export const linesSettings = {
  lines: { flag: '--lines <n>', words: 'how many lines', fallback: '50', rule: wholeNumber(1, 100_000) },
} as const satisfies Record<string, Setting>;

export const deploySettings = {
  db: {
    flag: '--db <database>',
    variable: 'REDISDEMO_DB',
    words: 'memory, stack, enterprise, or url (the Redis given below)',
    fallback: 'stack',
    rule: v.picklist(['memory', 'stack', 'enterprise', 'url'], 'one of memory, stack, enterprise, url'),
  },
  port: portSetting('--port', 'REDISDEMO_SERVICE_PORT', 'port of the service on 127.0.0.1', '8000'),
  ...waitSettings,
  ...redisSettings,
} as const satisfies Record<string, Setting>;

export const upSettings = {
  db: { ...deploySettings.db },
  on: {
    flag: '--on <target>',
    variable: 'REDISDEMO_TARGET',
    words: 'local or container',
    fallback: 'local',
    rule: v.picklist(['local', 'container'], 'one of local, container'),
  },
  port: deploySettings.port,
  ...waitSettings,
  ...redisSettings,
} as const satisfies Record<string, Setting>;

export const envSettings = {
  db: {
    flag: '--db <database>',
    variable: 'REDISDEMO_DB',
    words: 'stack, enterprise, or url (the Redis given below)',
    fallback: 'stack',
    rule: v.picklist(['stack', 'enterprise', 'url'], 'one of stack, enterprise, url'),
  },
  shell: {
    flag: '--shell <shell>',
    words: 'sh, fish, powershell, cmd, dotenv, docker or json',
    fallback: 'sh',
    rule: v.picklist(
      ['sh', 'fish', 'powershell', 'cmd', 'dotenv', 'docker', 'json'],
      'one of sh, fish, powershell, cmd, dotenv, docker, json',
    ),
  },
  reveal: { flag: '--reveal', words: 'with the password itself' },
  out: { flag: '--out <file>', words: 'write to a file that only you can read, with the password', rule: filePath },
  ...redisSettings,
} as const satisfies Record<string, Setting>;

export const imageSettings = {
  platform: {
    flag: '--platform <platform>',
    words: "linux/amd64 (Cloud Run's) or linux/arm64; default: the engine's",
    rule: v.picklist(['linux/amd64', 'linux/arm64'], 'one of linux/amd64, linux/arm64'),
  },
} as const satisfies Record<string, Setting>;

export const insightSettings = {
  port: portSetting('--port', 'REDISDEMO_INSIGHT_PORT', 'port of RedisInsight on 127.0.0.1', '5540'),
  ...waitSettings,
  acceptTerms: { flag: '--accept-terms', words: "accept RedisInsight's terms: https://redis.io/legal/" },
} as const satisfies Record<string, Setting>;
