/** A database on a cluster: what it needs, how it is made, and when it is ready. */
import { questionLine } from '../../plan/call-lines.ts';
import type { Api, Json, Question, RestCall } from '../../plan/call.ts';
import type { Step } from '../../plan/plan.ts';
import { Problem } from '../../problem.ts';
import type { Secret } from '../../secret.ts';
import { enoughLeft } from './capacity.ts';
import { databaseReady, reachLine, type Reach } from './database-ready.ts';
import { databaseNamed, portOf, type Found } from './existing.ts';
import { get } from './question.ts';
import { refusalOf } from './refusals.ts';

export interface DatabaseSettings {
  readonly name: string;
  readonly memoryBytes: number;
  readonly port: number;
  readonly password: Secret;
  /** Needs two nodes. */
  readonly replication: boolean;
  readonly persistence: 'disabled' | 'snapshot' | 'aof';
  readonly eviction: string;
  readonly tls: boolean;
  /** Every node takes connections: one that dies takes none away. */
  readonly onAllNodes: boolean;
  /** How this machine reaches it; absent: it does not. */
  readonly reach?: Reach | undefined;
}

const LIMIT_MS = 180_000;
const PATIENCE_MS = 60_000;
/** For some seconds after the bootstrap a version is refused that the nodes say they have (redisctl#1081). */
const PASSING = ['invalid_version'];

/** The newest Redis that all nodes have. A cluster of the 7.4 family refuses a database without a version (redisctl#1080). */
const NEWEST_VERSION =
  'length as $nodes ' +
  '| [.[] | [.supported_database_versions[] | select(.db_type == "redis") | .redis_version] | unique | .[]] ' +
  '| group_by(.) | map(select(length == $nodes) | .[0]) | max_by(split(".") | map(tonumber))';

/**
 * With which modules: none are named from Redis 8 on, which has them all; before, those that are made for the version,
 * of which /v1/modules has several by the same name. Old search modules do not say for which: there the least version
 * decides (recorded answers of redis-developer/redis-enterprise-rs). The function is no builtin's namesake: jqjs keeps
 * what one program defines for the next.
 */
const VERSIONS =
  'def parts: split(".") | map(tonumber); "{{REDIS_VERSION}}" as $version ' +
  '| if ($version | parts | .[0]) >= 8 then {redis_version: $version} ' +
  'else {redis_version: $version, module_list: [.[] ' +
  '| select(.module_name == "ReJSON" or .module_name == "search") ' +
  '| select(.compatible_redis_version == $version or (.compatible_redis_version == "" ' +
  'and (.min_redis_version | parts) <= ($version | parts)))] ' +
  '| group_by(.module_name) | map(max_by([(.min_redis_version | parts), (.semantic_version | parts)])) ' +
  '| map({module_name, semantic_version})} end';

export function databaseSteps(api: Api, settings: DatabaseSettings): Step[] {
  const { name, reach } = settings;
  const create: RestCall = { api, method: 'POST', path: '/v1/bdbs', body: bodyOf(settings) };
  return [
    learn(
      api,
      { title: 'find the Redis version of the cluster', fact: 'REDIS_VERSION', path: '/v1/nodes' },
      NEWEST_VERSION,
    ),
    {
      ...learn(api, { title: 'find the modules for it', fact: 'VERSIONS', path: '/v1/modules' }, VERSIONS),
      check: modulesThere,
    },
    {
      title: `create database ${name}`,
      action: {
        kind: 'resource',
        thing: `database ${name}`,
        find: databaseNamed(api, name),
        create,
      },
      patienceMs: PATIENCE_MS,
      check: (found) => {
        sameAsAsked(settings, found as Found);
      },
      needs: (systems, working) => enoughLeft(api, settings, systems, working),
      passing: PASSING,
      rehearsal: { ...create, path: '/v1/bdbs?dry_run' },
      refusal: refusalOf,
      ready: {
        what: `database ${name}`,
        limitMs: LIMIT_MS,
        ask: databaseReady(api, name, reach),
        shell: [`[ -n "$(${questionLine(activeNamed(api, name))})" ]`, ...reachLine(reach)].join(' && '),
      },
    },
  ];
}

interface Learning {
  readonly title: string;
  readonly fact: string;
  readonly path: string;
}

function learn(api: Api, { title, fact, path }: Learning, select: string): Step {
  const find = get(api, path, select);
  return { title, action: { kind: 'resource', thing: fact, find, fact }, patienceMs: PATIENCE_MS };
}

function bodyOf({
  name,
  memoryBytes,
  port,
  password,
  replication,
  persistence,
  eviction,
  tls,
  onAllNodes,
}: DatabaseSettings): Json {
  return {
    '...': { $fact: 'VERSIONS' },
    name,
    type: 'redis',
    memory_size: memoryBytes,
    port,
    authentication_redis_pass: { $secret: password },
    replication,
    data_persistence: persistence,
    ...(persistence === 'aof' && { aof_policy: 'appendfsync-every-sec' }),
    ...(persistence === 'snapshot' && { snapshot_policy: [{ secs: 3600, writes: 1 }] }),
    eviction_policy: eviction,
    // Without the second, TLS asks for a certificate of the client too.
    ...(tls && { tls_mode: 'enabled', enforce_client_authentication: 'disabled' }),
    proxy_policy: onAllNodes ? 'all-nodes' : 'single',
  };
}

function activeNamed(api: Api, name: string): Question {
  return get(api, '/v1/bdbs', `.[] | select(.name == ${JSON.stringify(name)} and .status == "active") | .uid`);
}

function sameAsAsked(settings: DatabaseSettings, found: Found): void {
  const fields: readonly (readonly [string, string | number | boolean, string | number | boolean])[] = [
    ['memory', found.memory_size, settings.memoryBytes],
    ['port', portOf(found), settings.port],
    ['replication', found.replication, settings.replication],
    ['persistence', found.data_persistence, settings.persistence],
    ['eviction', found.eviction_policy, settings.eviction],
    ['TLS', found.tls_mode, settings.tls ? 'enabled' : 'disabled'],
  ];
  // While it is pending it has no port yet.
  const differences = fields
    .filter(([field, is, asked]) => is !== asked && !(field === 'port' && is === 0))
    .map(([field, is, asked]) => `${field}: is ${String(is)}, asked for ${String(asked)}`);
  if (differences.length === 0) return;
  throw new Problem('differs', {
    message: `The database ${settings.name} exists with other settings.\n${differences.join('\n')}`,
    hint: `Take it away first, with its data: redisdemo enterprise database delete ${settings.name}`,
    details: { differences },
  });
}

function modulesThere(found: unknown): void {
  const { module_list: modules, redis_version: version } = found as {
    readonly module_list?: readonly { readonly module_name: string }[];
    readonly redis_version: string;
  };
  if (modules === undefined) return;
  const names = modules.map(({ module_name: name }) => name);
  const missing = ['ReJSON', 'search'].filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw new Problem('json_module_missing', {
    message: `The cluster has no module ${missing.join(' and ')} for Redis ${version}.`,
    hint: 'Upload it in the web interface, or take an image that has it: redisdemo enterprise up --image redislabs/redis',
  });
}
