/** jq programs that choose the Redis version and the modules of a new database, and that read those of an existing one. */
import type { Objection } from '../../../plan/call.ts';

/** jq: the numbers of a version, and its major and minor. jqjs keeps what one program defines for the next. */
const PARTS =
  'def parts: if . == null then [] else [match("[0-9]+"; "g").string | tonumber] end; ' +
  'def pair: parts | [.[0], .[1]]; ';

/** When no node reports its versions: the cluster chooses. */
const UNKNOWN = 'unknown';

/**
 * On /v1/nodes: the newest Redis version that all nodes support, as major.minor. Clusters of the 7.4 family refuse a
 * database without a version, or with its patch (redisctl#1080). Recorded nodes also have the undocumented `redis_version`.
 */
export const NEWEST_VERSION =
  `${PARTS}[.[] | .supported_database_versions | select(. != null) ` +
  '| [.[] | select(.db_type == null or .db_type == "redis") ' +
  '| (if .redis_version == null then .version else .redis_version end) | select(. != null) ' +
  '| pair | map(tostring) | join(".")] | unique] ' +
  '| length as $nodes | [.[] | .[]] | group_by(.) | map(select(length == $nodes) | .[0]) ' +
  `| max_by(parts) | if . == null then "${UNKNOWN}" else . end`;

const NEEDED = ['ReJSON', 'search'];
export const NEEDED_MODULES = NEEDED.join(' and ');

/**
 * On /v1/modules: version and modules of a new database, or what is `missing`. Redis 8 has all modules, so none is named.
 * Before, /v1/modules has several of one name: a compatible version must match exactly, otherwise the least version decides;
 * one with neither may fit (7.4 has no compatible_redis_version; in recordings old search modules have "").
 * Some releases of 7.8 and 7.22 require `module_args`. Before 7.4.2 a module needs its semantic_version, or else its id.
 * https://redis.io/docs/latest/operate/rs/7.4/references/rest-api/objects/bdb/
 * @param version the fact with the version
 */
export const versionMembers = (version: string): string =>
  `${PARTS}"{{${version}}}" as $version | ($version | pair) as $asked ` +
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
  'then {semantic_version} elif .uid != null then {module_id: .uid} else {} end))} end) ' +
  '| if .module_list == null then . else . as $members | [.module_list[].module_name] as $there ' +
  `| [${JSON.stringify(NEEDED)}[] | select(. as $name | any($there[]; . == $name) | not)] ` +
  '| if . == [] then $members else {missing: ., redis_version: $members.redis_version} end end';

/** @param version the fact with the version */
export const modulesMissing = (version: string): Objection => ({
  code: 'json_module_missing',
  select:
    `${versionMembers(version)} | select(.missing != null) ` +
    '| (if .redis_version == null then "databases" else .redis_version end) as $for | {' +
    'message: ("The cluster has no module " + (.missing | join(" and ")) + " for Redis " + $for + "."), ' +
    'hint: "Upload it in the web interface, or use an image that has it: redisdemo enterprise up --image redislabs/redis"}',
});

/** On a database: those of the needed modules that it has. null while it lists none because it is not active yet. */
export const MODULES_IN_BDB =
  // A list without names says nothing.
  '(if .module_list == null or (.module_list == [] and .status != "active") ' +
  'or (.module_list != [] and all(.module_list | select(. != null) | .[]; .module_name == null)) then null ' +
  'else [.module_list[].module_name] as $there ' +
  `| [${JSON.stringify(NEEDED)}[] | select(. as $name | any($there[]; . == $name))] ` +
  '| if . == [] then "none" else join(" and ") end end)';
