/**
 * The modules of a release, as GET /v1/modules lists them.
 *
 * Where each belief comes from:
 * - several versions for each name, one for each database version, all bundled; the fields, and that `uid` is a hash,
 *   `crdb` and `dependencies` are empty objects: redis-enterprise-rs, tests/fixtures/modules_list.json (16 entries).
 * - **`compatible_redis_version` is "" for the search modules of databases before 7.4**, so only min_redis_version says
 *   which one fits, and their command_line_args are `PARTITIONS AUTO`: the same fixture.
 * - the entries are not in the order of their versions for this product's purpose: newest first within a name, the names
 *   in the order bf, search, ReJSON, timeseries: the same fixture.
 *
 * Unlike the real one: the numbers of versions only have the right form, and some descriptive fields are missing.
 */
import { createHash } from 'node:crypto';
import { compareVersions, type Release } from './families.ts';

interface Module extends Readonly<Record<string, unknown>> {
  readonly uid: string;
  readonly module_name: string;
  readonly semantic_version: string;
  readonly min_redis_version: string;
  readonly compatible_redis_version: string;
  readonly command_line_args: string;
}

const NAMES = ['bf', 'search', 'ReJSON', 'timeseries'] as const;
const DISPLAY_NAMES = { bf: 'RedisBloom', search: 'RediSearch 2', ReJSON: 'RedisJSON', timeseries: 'RedisTimeSeries' };
const VERSIONS: Readonly<Record<string, Readonly<Record<(typeof NAMES)[number], string>>>> = {
  '6.0': { bf: '2.2.9', search: '2.2.10', ReJSON: '2.0.11', timeseries: '1.6.17' },
  '6.2': { bf: '2.4.15', search: '2.6.29', ReJSON: '2.4.13', timeseries: '1.8.18' },
  '7.2': { bf: '2.6.18', search: '2.8.26', ReJSON: '2.6.17', timeseries: '1.10.18' },
  '7.4': { bf: '2.8.7', search: '2.10.17', ReJSON: '2.8.10', timeseries: '1.12.7' },
};

export function modulesOf({ databases }: Release): Module[] {
  const newestFirst = databases.map(([version]) => version).toReversed();
  return NAMES.flatMap((name) => newestFirst.map((database) => entry(name, database)));
}

/** As GET /v1/modules shows them. */
export function shownModules(release: Release): object[] {
  if (release.saysCompatible) return modulesOf(release);
  return modulesOf(release).map((module) =>
    Object.fromEntries(Object.entries(module).filter(([name]) => name !== 'compatible_redis_version')),
  );
}

/** Those that a database of this version could load, in the order of the list. */
export function fittingModules(release: Release, database: string): Module[] {
  return modulesOf(release).filter(({ module_name, semantic_version }) => {
    return versionFor(module_name as (typeof NAMES)[number], database) === semantic_version;
  });
}

function entry(module_name: (typeof NAMES)[number], database: string): Module {
  const semantic_version = versionFor(module_name, database);
  const isUnmarked = module_name === 'search' && compareVersions(database, '7.4') < 0;
  const [major = 0, minor = 0, patch = 0] = semantic_version.split('.').map(Number);
  return {
    author: 'Redis',
    capabilities: ['types', 'replica_of', 'failover_migrate', 'persistence_aof', 'clustering', 'ipv6'],
    command_line_args: isUnmarked ? 'PARTITIONS AUTO' : '',
    compatible_redis_version: isUnmarked ? '' : database,
    config_command: module_name === 'search' ? '_FT.CONFIG SET' : '',
    crdb: {},
    dependencies: {},
    display_name: DISPLAY_NAMES[module_name],
    is_bundled: true,
    min_redis_version: database === '7.2' ? '7.1' : database,
    module_name,
    semantic_version,
    uid: createHash('md5').update(`${module_name} ${semantic_version}`).digest('hex'),
    version: major * 10_000 + minor * 100 + patch,
  };
}

/** From 8.0 on they have the version of the database. */
function versionFor(name: (typeof NAMES)[number], database: string): string {
  return VERSIONS[database]?.[name] ?? `${database}.1`;
}
