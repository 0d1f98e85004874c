/** A database on a cluster: what it needs, how it is made, and when it is ready. */
import type { Api, Json, Objection, Question, RestCall } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import { get } from '../rest/question.ts';
import { databaseRefusals } from '../rest/refusals.ts';
import type { Path } from '../rest/shapes.ts';
import { enoughLeft } from './capacity.ts';
import type { DatabaseSettings } from './database-settings.ts';
import { databaseMeant, databasesMeant } from './lookup.ts';
import { differsFrom, modulesMissing, severalOf } from './objections.ts';
import { databaseReady, reachedHere } from './ready.ts';

/** The id of the step that creates a database. */
export const CREATE_DATABASE = 'database';
const LIMIT_MS = 180_000;
const PATIENCE_MS = 60_000;
/** For some seconds after the bootstrap a version is refused that the nodes say they have (redisctl#1081). */
const PASSING = ['invalid_version'];

/** jq: the numbers of a version, and its major and minor. jqjs keeps what one program defines for the next: no other one defines these names otherwise. */
const PARTS =
  'def parts: if . == null then [] else [match("[0-9]+"; "g").string | tonumber] end; ' +
  'def pair: parts | [.[0], .[1]]; ';

/** No node says which versions it has: then the cluster chooses. */
const UNKNOWN = 'unknown';

/**
 * The newest Redis that all nodes have which say so, as major.minor. A cluster of the 7.4 family refuses a database
 * without a version, and a version with its patch (redisctl#1080). The reference has `version` only, with the patch;
 * recorded nodes have `redis_version` too.
 */
const NEWEST_VERSION =
  `${PARTS}[.[] | .supported_database_versions | select(. != null) ` +
  '| [.[] | select(.db_type == null or .db_type == "redis") ' +
  '| (if .redis_version == null then .version else .redis_version end) | select(. != null) ' +
  '| pair | map(tostring) | join(".")] | unique] ' +
  '| length as $nodes | [.[] | .[]] | group_by(.) | map(select(length == $nodes) | .[0]) ' +
  `| max_by(parts) | if . == null then "${UNKNOWN}" else . end`;

/**
 * With which modules: none are named from Redis 8 on, which has them all; before, those that are made for the version, of
 * which /v1/modules has several by the same name. A module that names a compatible version needs exactly that one; of the
 * others the least version decides; one that says neither may fit (the reference of 7.4 has no compatible_redis_version,
 * and in recordings it is "" for old search modules). `module_args` is required by some releases of 7.8 and 7.22, and ""
 * does no harm. Before 7.4.2 a module needs its semantic_version, or else its id.
 * https://redis.io/docs/latest/operate/rs/7.4/references/rest-api/objects/bdb/
 */
const VERSIONS =
  `${PARTS}"{{REDIS_VERSION}}" as $version | ($version | pair) as $asked ` +
  `| (if $version == "${UNKNOWN}" then {} else {redis_version: $version} end) ` +
  `+ (if $version != "${UNKNOWN}" and ($asked | .[0]) >= 8 then {} else {module_list: [.[] ` +
  '| select(.module_name == "ReJSON" or .module_name == "search") ' +
  '| . + {exact: (.compatible_redis_version != null and .compatible_redis_version != "")} ' +
  `| select($version == "${UNKNOWN}" or (if .exact then (.compatible_redis_version | pair) == $asked ` +
  'else .min_redis_version == null or (.min_redis_version | pair) <= $asked end))] ' +
  '| group_by(.module_name) ' +
  '| map(max_by([.exact, (.min_redis_version | parts), (.semantic_version | parts)])) ' +
  '| map({module_name, module_args: ""} ' +
  `+ (if $version == "${UNKNOWN}" then {} elif .semantic_version != null and .semantic_version != "" ` +
  'then {semantic_version} elif .uid != null then {module_id: .uid} else {} end))} end)';

export function databaseSteps(api: Api, settings: DatabaseSettings): Step[] {
  const { name, reach } = settings;
  const create: RestCall = { api, method: 'POST', path: '/v1/bdbs', body: bodyOf(settings) };
  return [
    learn(
      api,
      { id: 'redis-version', title: 'find the Redis version of the cluster', fact: 'REDIS_VERSION', path: '/v1/nodes' },
      NEWEST_VERSION,
    ),
    learn(api, { id: 'modules', title: 'find the modules for it', fact: 'VERSIONS', path: '/v1/modules' }, VERSIONS, [
      modulesMissing(VERSIONS),
    ]),
    {
      id: CREATE_DATABASE,
      title: `create database ${name}`,
      action: {
        kind: 'resource',
        thing: `database ${name}`,
        find: {
          ...databasesMeant(api, { name }),
          objections: [severalOf({ name }, 'redisdemo enterprise database delete'), differsFrom(settings)],
        },
        create,
      },
      patienceMs: PATIENCE_MS,
      needs: (systems, working) => enoughLeft(api, settings, systems, working),
      passing: PASSING,
      rehearsal: { ...create, path: '/v1/bdbs?dry_run' },
      refusal: databaseRefusals(settings.own),
      ready: {
        what: `database ${name}`,
        limitMs: LIMIT_MS,
        until: { kind: 'all', of: [{ kind: 'selected', question: activeNamed(api, name) }, ...reachedHere(reach)] },
        look: databaseReady(api, name, reach),
      },
    },
  ];
}

interface Learning {
  readonly id: string;
  readonly title: string;
  readonly fact: string;
  readonly path: Path;
}

function learn(
  api: Api,
  { id, title, fact, path }: Learning,
  select: string,
  objections: readonly Objection[] = [],
): Step {
  const find = { ...get(api, path, select), objections };
  return { id, title, action: { kind: 'lookup', thing: fact, find, fact }, patienceMs: PATIENCE_MS };
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

/** A database that does not say its status may be active: whether it answers is asked next. */
function activeNamed(api: Api, name: string): Question {
  return databaseMeant(api, { name }, '.status == null or .status == "active"');
}
