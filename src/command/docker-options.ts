/** Options of the commands that create containers or background processes. */
import * as v from 'valibot';
import { duration, wholeNumber } from './options.ts';
import type { Setting } from './setting.ts';

export const planSettings = {
  print: { flag: '--print', words: 'print the commands as a shell script, do nothing' },
  explain: { flag: '--explain', words: 'show each command as it runs, for bash' },
} as const satisfies Record<string, Setting>;

export const waitSettings = {
  timeout: {
    flag: '--timeout <duration>',
    variable: 'REDISDEMO_TIMEOUT',
    words: 'longest wait for what is started, such as 2m',
    rule: duration,
  },
} as const satisfies Record<string, Setting>;

export const portSetting = (flag: string, variable: string, words: string, fallback: string) =>
  ({ flag: `${flag} <port>`, variable, words, fallback, rule: wholeNumber(1, 65_535) }) as const;

/** Of the targets that listen on this machine. */
export const servicePort = portSetting('--port', 'REDISDEMO_SERVICE_PORT', 'port of the service on 127.0.0.1', '8000');

export const portOrAuto = (flag: string, variable: string, words: string, fallback: string) =>
  ({
    flag: `${flag} <port|auto>`,
    variable,
    words,
    fallback,
    rule: v.union([v.literal('auto'), wholeNumber(1, 65_535)], 'a port or auto'),
  }) as const;

/** For removals that ask nothing, because what they remove can be created again. */
export const takeAwaySettings = { explain: planSettings.explain } as const satisfies Record<string, Setting>;

/** The only way to remove Docker resources that were created from another state folder. */
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
