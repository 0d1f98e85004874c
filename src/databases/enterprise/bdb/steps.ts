/** A database on a cluster: what it needs, how it is made, and when it is ready. */
import { questionLine } from '../../../script/call-lines.ts';
import type { Api, Json, Question, RestCall } from '../../../plan/call.ts';
import { TRY_AGAIN, type Step } from '../../../plan/plan.ts';
import { quote } from '../../../script/shell.ts';
import { EXIT_CODES, Problem } from '../../../problem.ts';
import type { Secret } from '../../../secret.ts';
import { enoughLeft } from './capacity.ts';
import { databaseReady, reachedHere, type Reach } from './ready.ts';
import { databaseMeant, databasesMeant, onlyOne, portOf } from './lookup.ts';
import { get } from '../rest/question.ts';
import { REFUSAL_EXITS, refusalOf } from '../rest/refusals.ts';
import type { Found } from '../rest/shapes.ts';

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
  /** On a cluster in containers that redisdemo made. */
  readonly own: boolean;
  /** How this machine reaches it; absent: it does not. */
  readonly reach?: Reach | undefined;
}

/** The id of the step that creates a database. */
export const CREATE_DATABASE = 'database';
const LIMIT_MS = 180_000;
const PATIENCE_MS = 60_000;
/** For some seconds after the bootstrap a version is refused that the nodes say they have (redisctl#1081). */
const PASSING = ['invalid_version'];

/** jq: the numbers of a version, and its major and minor. jqjs keeps what one program defines for the next. */
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
    {
      ...learn(
        api,
        { id: 'modules', title: 'find the modules for it', fact: 'VERSIONS', path: '/v1/modules' },
        VERSIONS,
      ),
      check: modulesThere,
      checkShell: MODULES_THERE,
    },
    {
      id: CREATE_DATABASE,
      title: `create database ${name}`,
      action: {
        kind: 'resource',
        thing: `database ${name}`,
        find: databasesMeant(api, { name }),
        create,
      },
      patienceMs: PATIENCE_MS,
      check: (found) => {
        const one = onlyOne(found as readonly Found[], 'redisdemo enterprise database delete');
        if (one) sameAsAsked(settings, one);
      },
      checkShell: sameAsAskedLine(api, settings),
      needs: (systems, working) => enoughLeft(api, settings, systems, working),
      passing: PASSING,
      rehearsal: { ...create, path: '/v1/bdbs?dry_run' },
      refusal: (refused) => refusalOf(refused, settings.own),
      refusalExits: { ...REFUSAL_EXITS, ...Object.fromEntries(PASSING.map((code) => [code, TRY_AGAIN])) },
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
  readonly path: string;
}

function learn(api: Api, { id, title, fact, path }: Learning, select: string): Step {
  const find = get(api, path, select);
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

interface Field {
  readonly name: string;
  /** Of a database, as the cluster shows it; null and undefined: it does not say. */
  readonly of: (found: Found) => string | number | boolean | null | undefined;
  /** The same as a jq program. */
  readonly jq: string;
  readonly asked: (settings: DatabaseSettings) => string | number | boolean;
}

const NEEDED = ['ReJSON', 'search'];

const FIELDS: readonly Field[] = [
  {
    ...{ name: 'memory', jq: '.memory_size', of: ({ memory_size: is }) => is },
    asked: ({ memoryBytes }) => memoryBytes,
  },
  {
    // While it is pending it has no port yet.
    ...{ name: 'port', of: (found) => portOf(found) || undefined, asked: ({ port }) => port },
    jq: '([.port, .endpoints[0].port] | map(select(. != null and (. | tostring) != "0")) | .[0])',
  },
  { name: 'replication', jq: '.replication', of: (found) => found.replication, asked: (asked) => asked.replication },
  {
    ...{ name: 'persistence', jq: '.data_persistence', of: ({ data_persistence: is }) => is },
    asked: ({ persistence }) => persistence,
  },
  {
    ...{ name: 'eviction', jq: '.eviction_policy', of: ({ eviction_policy: is }) => is },
    asked: ({ eviction }) => eviction,
  },
  {
    ...{ name: 'TLS', jq: '.tls_mode', of: ({ tls_mode: is }) => is },
    asked: ({ tls }) => (tls ? 'enabled' : 'disabled'),
  },
  { name: 'modules', jq: modulesJq(), of: modulesOf, asked: () => NEEDED.join(' and ') },
];

/** Throws a Problem for what the cluster says otherwise; what it does not say is not known to differ. */
function sameAsAsked(settings: DatabaseSettings, found: Found): void {
  const differences = FIELDS.map(({ name, of, asked }) => ({ name, is: of(found), wanted: asked(settings) }))
    .filter(({ is, wanted }) => is !== undefined && is !== null && is !== wanted)
    .map(({ name, is, wanted }) => `${name}: is ${String(is)}, asked for ${String(wanted)}`);
  if (differences.length === 0) return;
  throw new Problem('differs', {
    message: `The database ${settings.name} exists with other settings.\n${differences.join('\n')}`,
    hint: `Delete it first, with its data: redisdemo enterprise database delete ${settings.name}`,
    details: { differences },
  });
}

/** The same as shell lines. */
function sameAsAskedLine(api: Api, settings: DatabaseSettings): string {
  const { name } = settings;
  const differences = FIELDS.map(({ name: field, jq, asked }) => {
    // Numbers come as numbers and as strings: shapes.ts.
    const wanted = JSON.stringify(String(asked(settings)));
    return `(${jq} | select(. != null and (. | tostring) != ${wanted}) | ${JSON.stringify(field)})`;
  });
  const question = get(
    api,
    '/v1/bdbs',
    `[.[] | select(.name == ${JSON.stringify(name)})] | if length > 1 then "there are several of that name" ` +
      `elif length == 1 then .[0] | [${differences.join(', ')}] | join(", ") else "" end`,
  );
  return (
    `differs=$(${questionLine(question)}); [ -z "$differs" ] || ` +
    `{ echo ${quote(`the database ${name} exists with other settings:`)} "$differs" >&2; exit ${String(EXIT_CODES.conflict)}; }`
  );
}

/** Those of the needed ones that it has; undefined while it lists none because it is not active yet. */
function modulesOf({ module_list: modules, status }: Found): string | undefined {
  if (!modules || (modules.length === 0 && status !== 'active')) return undefined;
  const names = modules.map(({ module_name: name }) => name);
  // A list without names says nothing.
  if (modules.length > 0 && names.every((name) => name === undefined || name === null)) return undefined;
  return NEEDED.filter((name) => names.includes(name)).join(' and ') || 'none';
}

/** The same as a jq program. */
function modulesJq(): string {
  const isSilent =
    '.module_list == null or (.module_list == [] and .status != "active") ' +
    'or (.module_list != [] and all(.module_list[]; .module_name == null))';
  const names = `[${JSON.stringify(NEEDED)}[] | select(. as $name | any($there[]; . == $name))]`;
  return (
    `(if ${isSilent} then null else [.module_list[].module_name] as $there ` +
    `| ${names} | if . == [] then "none" else join(" and ") end end)`
  );
}

function modulesThere(found: unknown): void {
  const { module_list: modules, redis_version: version } = found as {
    readonly module_list?: readonly { readonly module_name: string }[];
    readonly redis_version?: string;
  };
  if (modules === undefined) return;
  const names = modules.map(({ module_name: name }) => name);
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw new Problem('json_module_missing', {
    message: `The cluster has no module ${missing.join(' and ')} for Redis ${version ?? 'databases'}.`,
    hint: 'Upload it in the web interface, or use an image that has it: redisdemo enterprise up --image redislabs/redis',
  });
}

const MODULES_THERE =
  `[ "$(printf '%s' "$VERSIONS" | jq '.module_list == null or (.module_list | length) == ${String(NEEDED.length)}')" = true ] || ` +
  `{ echo 'the cluster does not have the modules ${NEEDED.join(' and ')}' >&2; exit ${String(EXIT_CODES.missing)}; }`;
