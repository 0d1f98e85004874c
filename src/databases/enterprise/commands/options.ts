import * as v from 'valibot';
import { planSettings, portOrAuto, waitSettings } from '../../../command/docker-options.ts';
import { filePath, imageName, wholeNumber } from '../../../command/options.ts';
import type { Setting, Values } from '../../../command/setting.ts';

export const enterpriseUpSettings = {
  image: {
    flag: '--image <image>',
    variable: 'REDISDEMO_ENTERPRISE_IMAGE',
    words: 'redislabs/redis, with a tag or without',
    fallback: 'redislabs/redis',
    rule: imageName,
  },
  nodes: { flag: '--nodes <n>', words: 'how many nodes', fallback: '1', rule: wholeNumber(1, 9) },
  port: portOrAuto('--port', 'REDISDEMO_ENTERPRISE_PORT', 'port of the database on 127.0.0.1', '12000'),
  apiPort: portOrAuto('--api-port', 'REDISDEMO_ENTERPRISE_API_PORT', 'port of the REST API on 127.0.0.1', '9443'),
  uiPort: portOrAuto('--ui-port', 'REDISDEMO_ENTERPRISE_UI_PORT', 'port of the web interface on 127.0.0.1', '8443'),
  user: {
    flag: '--user <user>',
    words: 'default, or app: one that may only what the service does',
    fallback: 'default',
    rule: v.picklist(['default', 'app'], 'one of default, app'),
  },
  ...waitSettings,
} as const satisfies Record<string, Setting>;

export const clusterSettings = {
  url: {
    flag: '--url <url>',
    variable: 'REDISDEMO_ENTERPRISE_URL',
    words: 'REST API of another cluster: https://host:9443',
    rule: v.pipe(
      v.string(),
      v.check(
        (text) => /^https:\/\/[^/?#@\s]+\/?$/.test(text) && URL.canParse(text),
        'a URL such as https://host:9443, without user and password',
      ),
      v.transform((text) => text.replace(/\/$/, '')),
    ),
  },
  username: {
    flag: '--username <email>',
    variable: 'REDISDEMO_ENTERPRISE_USER',
    words: 'administrator of the cluster',
    fallback: 'admin@redisdemo.local',
    rule: v.pipe(v.string(), v.regex(/^[^&<>"\s:]+$/, 'a name without spaces, &, <, >, : and "')),
  },
  passwordFile: {
    flag: '--password-file <file>',
    variable: 'REDISDEMO_ENTERPRISE_PASSWORD_FILE',
    words: 'file with its password',
    rule: filePath,
  },
  caFile: { flag: '--ca-file <file>', words: 'authority (PEM) that signed its certificate', rule: filePath },
  fingerprint: {
    flag: '--fingerprint <sha256>',
    words: 'trust the certificate with this fingerprint',
    rule: v.pipe(
      v.string(),
      v.transform((text) => text.replace(/^SHA256:?/i, '').toUpperCase()),
      v.regex(/^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/, '32 bytes as AA:BB:…'),
    ),
  },
  insecure: { flag: '--insecure', words: 'do not check its certificate (never do this at work)' },
} as const satisfies Record<string, Setting>;

export type ClusterValues = Values<typeof clusterSettings>;

/** Names are not unique. */
export const databaseIdSettings = {
  id: { flag: '--id <n>', words: 'id of the database, where two have the same name', rule: wholeNumber(1, 2 ** 31) },
} as const satisfies Record<string, Setting>;

export const bootstrapSettings = {
  ...clusterSettings,
  ...waitSettings,
  clusterName: {
    flag: '--cluster-name <name>',
    words: 'a host name of at most 64 characters',
    fallback: 'redisdemo.local',
    rule: v.pipe(
      v.string(),
      v.maxLength(64, 'a host name of at most 64 characters'),
      v.regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i, 'a host name'),
    ),
  },
} as const satisfies Record<string, Setting>;

const MEGABYTES = 1024 * 1024;
const EVICTIONS = [
  ...(['noeviction', 'allkeys-lru', 'allkeys-lfu', 'allkeys-random'] as const),
  ...(['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl'] as const),
] as const;

export const databaseCreateSettings = {
  ...clusterSettings,
  memory: {
    flag: '--memory <size>',
    words: 'such as 100mb or 1gb; 0, which means no limit, is refused',
    fallback: '100mb',
    rule: v.pipe(
      v.string(),
      v.toLowerCase(),
      v.regex(/^[1-9]\d*(?:mb|gb)$/, 'a size such as 100mb or 1gb, and more than 0'),
      v.transform((text) => parseInt(text, 10) * MEGABYTES * (text.endsWith('gb') ? 1024 : 1)),
    ),
  },
  port: {
    flag: '--port <port>',
    words: "from 10000 to 19999; default: our container's, else 12000",
    rule: v.pipe(
      wholeNumber(10_000, 19_999),
      v.check((port) => port !== 10_050, 'another port: 10050 is reserved'),
    ),
  },
  replication: { flag: '--replication', words: 'with a replica on another node' },
  persistence: {
    flag: '--persistence <kind>',
    words: 'disabled, snapshot or aof',
    fallback: 'aof',
    rule: v.picklist(['disabled', 'snapshot', 'aof'], 'one of disabled, snapshot, aof'),
  },
  eviction: {
    flag: '--eviction <policy>',
    words: 'what goes when memory is full',
    fallback: 'noeviction',
    rule: v.picklist(EVICTIONS, `one of ${EVICTIONS.join(', ')}`),
  },
  tls: { flag: '--tls', words: 'only connections with TLS' },
  databasePasswordFile: {
    flag: '--database-password-file <file>',
    words: 'file with its password; without it one is generated',
    rule: filePath,
  },
  ...waitSettings,
  ...planSettings,
} as const satisfies Record<string, Setting>;
