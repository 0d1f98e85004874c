/**
 * The releases that the stand-in can be.
 *
 * Where each belief comes from (redis/docs, content/):
 * - versions and the tags of their images: redis-developer/redis-enterprise-rs, docs/version-support.md; the suffix behind
 *   the dot belongs to the image.
 * - database versions bundled with each, and the default: embeds/rs-bundled-db-versions.md.
 * - `supported_database_versions[]` holds the patch in `version` and major.minor in `redis_version`, and memcached has no
 *   redis_version: redis-enterprise-rs, tests/fixtures/node_single.json. That 7.4.6 says 7.2.4: redis/redisctl#1080.
 * - 7.4 refuses a database without redis_version; the others do not: redis/redisctl#1080.
 * - from database version 8.0 on the modules come by themselves: embeds/rs-8-enabled-modules.md.
 * - GET /v1/bdbs/{uid}/availability is documented from 7.8 on: the pages of 7.4 have none.
 * - ?dry_run for users, roles and ACLs exists since 8.0, for databases longer: the same pages, version by version.
 *
 * - module_list needs `module_args` on 7.22, which is 400 invalid_schema without it: the script of a public sandbox; "" is
 *   taken everywhere. Other public scripts send it for every release.
 * - a module of 7.4 has no compatible_redis_version, and a version of a node no redis_version: the tables of
 *   content/operate/rs/7.4/references/rest-api/objects/{module,node}.
 *
 * Not known: most patch numbers of database versions and the versions of modules. They only have the right form.
 */
import type { Family } from './options.ts';

export interface Release {
  readonly software: string;
  readonly imageTags: readonly string[];
  /** major.minor and patch, oldest first. */
  readonly databases: readonly (readonly [version: string, patch: string])[];
  readonly defaultVersion: string;
  readonly needsVersion: boolean;
  readonly needsModuleArgs: boolean;
  /** Fields that later releases have: the compatible version of a module, the redis_version of a node. */
  readonly saysCompatible: boolean;
  readonly hasAvailability: boolean;
  readonly hasDryRunOfUsers: boolean;
}

const OLD_DATABASES = [
  ['6.2', '6.2.13'],
  ['7.2', '7.2.7'],
  ['7.4', '7.4.2'],
] as const;

export const RELEASES: Readonly<Record<Family, Release>> = {
  '7.4': {
    software: '7.4.6-272',
    imageTags: ['7.4.6-272'],
    databases: [
      ['6.0', '6.0.16'],
      ['6.2', '6.2.10'],
      ['7.2', '7.2.4'],
    ],
    defaultVersion: '7.2',
    needsVersion: true,
    needsModuleArgs: false,
    saysCompatible: false,
    hasAvailability: false,
    hasDryRunOfUsers: false,
  },
  '7.22': {
    software: '7.22.2-170',
    imageTags: ['7.22.2-170'],
    databases: OLD_DATABASES,
    defaultVersion: '7.4',
    needsVersion: false,
    needsModuleArgs: true,
    saysCompatible: true,
    hasAvailability: true,
    hasDryRunOfUsers: false,
  },
  '8.x': {
    software: '8.2.0-25',
    imageTags: ['latest', '8.2.0-25.12'],
    databases: [...OLD_DATABASES, ['8.0', '8.0.3'], ['8.2', '8.2.1'], ['8.4', '8.4.0'], ['8.6', '8.6.0']],
    defaultVersion: '8.6',
    needsVersion: false,
    needsModuleArgs: false,
    saysCompatible: true,
    hasAvailability: true,
    hasDryRunOfUsers: true,
  },
};

export function supportedVersions({ databases, saysCompatible }: Release): object[] {
  const redis = databases.map(([redis_version, version]) => ({
    db_type: 'redis',
    ...(saysCompatible && { major: true, redis_version }),
    version,
  }));
  return [...redis.toReversed(), { db_type: 'memcached', version: '1.4.17' }];
}

/** -1, 0 or 1 for `6.2` and `7.0.7`; parts that one of them lacks do not count. */
export function compareVersions(one: string, other: string): number {
  const others = other.split('.').map(Number);
  const differences = one.split('.').map((part, at) => Number(part) - (others[at] ?? Number(part)));
  return Math.sign(differences.find((difference) => difference !== 0) ?? 0);
}
