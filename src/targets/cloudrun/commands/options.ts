import * as v from 'valibot';
import { planSettings, removeSettings } from '../../../command/docker-options.ts';
import { filePath, imageName, wholeNumber } from '../../../command/options.ts';
import type { Setting } from '../../../command/setting.ts';
import { DEFAULT_REGION, DEFAULT_SERVICE } from '../place/place.ts';
import { DEFAULT_LIMITS } from '../service/limits.ts';
import { CANDIDATE, INGRESS, PREVIOUS } from '../service/settings.ts';
import { cpus, email, id, labels, memory, network, project, requestTimeout, subnet } from './rules.ts';

export const cloudRunPlaceSettings = {
  project: {
    flag: '--project <id>',
    variable: 'REDISDEMO_PROJECT',
    words: "Google Cloud project; default: gcloud's own",
    rule: project,
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
    words: 'name of the service on Cloud Run',
    fallback: DEFAULT_SERVICE,
    rule: v.pipe(id('lowercase letters, digits and hyphens'), v.maxLength(49, 'at most 49 characters')),
  },
} as const satisfies Record<string, Setting>;

export const tourSettings = {
  project: { ...cloudRunPlaceSettings.project, words: 'also walk Cloud Run in it, which costs some cents' },
  region: cloudRunPlaceSettings.region,
} as const satisfies Record<string, Setting>;

export const accessSettings = {
  project: {
    ...cloudRunPlaceSettings.project,
    words: "project of a private service on Cloud Run; default: gcloud's own",
  },
} as const satisfies Record<string, Setting>;

/** "Combined traffic tag and service name cannot exceed 46 characters": PolicyEngine/policyengine-api#3729. */
const LONGEST = 46 - Math.max(CANDIDATE.length, PREVIOUS.length);

export const deploymentSettings = {
  service: {
    ...cloudRunPlaceSettings.service,
    rule: v.pipe(
      cloudRunPlaceSettings.service.rule,
      v.maxLength(
        LONGEST,
        `at most ${String(LONGEST)} characters: with a release's tag "${CANDIDATE}", Cloud Run allows 46`,
      ),
    ),
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
    rule: email,
  },
  buildServiceAccount: {
    flag: '--build-service-account <email>',
    words: "account that builds the image; default: the project's own",
    rule: email,
  },
  buildRegion: {
    flag: '--build-region <region>',
    words: 'region in which Google builds the image; default: that of the service',
    rule: id('a region such as us-central1'),
  },
  memory: { flag: '--memory <size>', words: 'memory of an instance', fallback: DEFAULT_LIMITS.memory, rule: memory },
  cpu: { flag: '--cpu <n>', words: 'CPUs of an instance', fallback: String(DEFAULT_LIMITS.cpu), rule: cpus },
  concurrency: {
    flag: '--concurrency <n>',
    words: 'requests that an instance serves at once',
    fallback: String(DEFAULT_LIMITS.concurrency),
    rule: wholeNumber(1, 1000),
  },
  requestTimeout: {
    flag: '--request-timeout <duration>',
    words: 'longest time that a request can take',
    fallback: `${String(DEFAULT_LIMITS.timeoutS)}s`,
    rule: requestTimeout,
  },
  setEnv: {
    flag: '--set-env <name=value>',
    words: 'variable of the service; can be repeated. A deployment sets all of them: one that is not given is removed',
    rule: v.string(),
    repeatable: true,
  },
  envFile: {
    // Node reads a file named by --env-file into its own environment, even behind the script, and ends when there is none:
    // nodejs/node#54232. It does not know gcloud's name of the option.
    flag: '--env-vars-file, --env-file <file>',
    words: 'file with variables of the service, as in .env; --set-env overrides it',
    rule: filePath,
  },
  labels: { flag: '--labels <key=value,...>', words: 'labels of the service, added to those it has', rule: labels },
  ingress: {
    flag: '--ingress <from>',
    words: 'who reaches it: all, internal or internal-and-cloud-load-balancing; default: as it is, all at first',
    rule: v.picklist(INGRESS, `one of ${INGRESS.join(', ')}`),
  },
  network: {
    flag: '--network <network>',
    words: 'network in which it reaches a private Redis; of another project (Shared VPC) with its full path',
    rule: network,
  },
  subnet: { flag: '--subnet <subnet>', words: 'subnet of that network, by name or full path', rule: subnet },
  promote: {
    flag: '--no-promote',
    words: 'leave the new revision without traffic once it is proven, until: redisdemo deploy promote cloudrun',
  },
  image: {
    flag: '--image <image>',
    words: 'an image in a registry; without it Google builds ours',
    rule: imageName,
  },
  force: { flag: '--force', words: 'deploy even what runs already' },
  yes: removeSettings.yes,
} as const satisfies Record<string, Setting>;

export const cloudRunLogsSettings = {
  ...cloudRunPlaceSettings,
  lines: { flag: '--lines <n>', words: 'newest entries to show', fallback: '50', rule: wholeNumber(1, 10_000) },
  follow: { flag: '-f, --follow', words: 'show what is written from now on, until Ctrl-C; with --json one line each' },
} as const satisfies Record<string, Setting>;

export const promoteSettings = {
  ...cloudRunPlaceSettings,
  explain: planSettings.explain,
} as const satisfies Record<string, Setting>;

export const rollbackSettings = {
  ...cloudRunPlaceSettings,
  to: { flag: '--to <revision>', words: 'revision; without it the one before', rule: id('the name of a revision') },
  explain: planSettings.explain,
} as const satisfies Record<string, Setting>;
