/** The options of the commands for Cloud Run. */
import * as v from 'valibot';
import { DEFAULT_REGION, DEFAULT_SERVICE } from '../targets/cloudrun/settings.ts';
import { planSettings, removeSettings, waitSettings } from './docker-options.ts';
import { imageName, redisSettings, wholeNumber } from './options.ts';
import type { Setting } from './setting.ts';

const id = (what: string) => v.pipe(v.string(), v.regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, what));

/** Which service. */
export const cloudRunPlaceSettings = {
  project: {
    flag: '--project <id>',
    variable: 'REDISDEMO_PROJECT',
    words: "Google Cloud project; default: gcloud's own",
    rule: id('the id of a project'),
  },
  region: {
    flag: '--region <region>',
    variable: 'REDISDEMO_REGION',
    words: `Google Cloud region; default: gcloud's own (run/region), or ${DEFAULT_REGION}`,
    rule: id('a region such as europe-west1'),
  },
  service: {
    flag: '--service <name>',
    variable: 'REDISDEMO_SERVICE',
    words: 'its name',
    fallback: DEFAULT_SERVICE,
    rule: v.pipe(id('lowercase letters, digits and hyphens'), v.maxLength(49, 'at most 49 characters')),
  },
} as const satisfies Record<string, Setting>;

/** With the cloud's: its rung is walked only when a project is named, since that costs money. */
export const tourSettings = {
  keep: { flag: '--keep', words: 'keep what the tour created' },
  project: { ...cloudRunPlaceSettings.project, words: 'also walk Cloud Run in it, which costs some cents' },
  region: cloudRunPlaceSettings.region,
  ...redisSettings,
} as const satisfies Record<string, Setting>;

export const cloudRunSettings = {
  ...cloudRunPlaceSettings,
  db: {
    flag: '--db <database>',
    variable: 'REDISDEMO_CLOUDRUN_DB',
    words: 'url (the Redis given below) or memory',
    fallback: 'url',
    rule: v.picklist(['url', 'memory', 'stack', 'enterprise'], 'one of url, memory'),
  },
  private: { flag: '--private', words: 'only for those with the right to call it' },
  min: {
    flag: '--min <n>',
    words: 'instances that wait; the tutorial has 1, which costs money all day',
    fallback: '0',
    rule: wholeNumber(0, 10),
  },
  max: {
    flag: '--max <n>',
    words: 'most instances, so that no loop costs much',
    fallback: '4',
    rule: wholeNumber(1, 1000),
  },
  serviceAccount: {
    flag: '--service-account <email>',
    words: "account that it runs as; default: the project's own",
    rule: v.pipe(v.string(), v.email('the e-mail of an account')),
  },
  network: {
    flag: '--network <name>',
    words: 'network in which it reaches a private Redis',
    rule: id('the name of a network'),
  },
  subnet: { flag: '--subnet <name>', words: 'subnet of that network', rule: id('the name of a subnet') },
  image: {
    flag: '--image <image>',
    words: 'an image in a registry; without it Google builds ours',
    rule: imageName,
  },
  force: { flag: '--force', words: 'deploy even what runs already' },
  yes: removeSettings.yes,
  ...waitSettings,
  ...redisSettings,
} as const satisfies Record<string, Setting>;

export const cloudRunRemoveSettings = { ...cloudRunPlaceSettings, ...removeSettings } as const satisfies Record<
  string,
  Setting
>;

export const rollbackSettings = {
  ...cloudRunPlaceSettings,
  to: { flag: '--to <revision>', words: 'revision; without it the one before', rule: id('the name of a revision') },
  explain: planSettings.explain,
} as const satisfies Record<string, Setting>;
