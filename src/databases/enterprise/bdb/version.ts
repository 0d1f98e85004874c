/** The newest version of Redis that a cluster has for its databases, as a jq program on /v1/nodes. */

/** jq: the numbers of a version, and its major and minor. jqjs keeps what one program defines for the next. */
export const PARTS =
  'def parts: if . == null then [] else [match("[0-9]+"; "g").string | tonumber] end; ' +
  'def pair: parts | [.[0], .[1]]; ';

/** No node says which versions it has: then the cluster chooses. */
export const UNKNOWN = 'unknown';

/**
 * The newest Redis that all nodes have which say so, as major.minor. A cluster of the 7.4 family refuses a database
 * without a version, and a version with its patch (redisctl#1080). The reference has `version` only, with the patch;
 * recorded nodes have `redis_version` too.
 */
export const NEWEST_VERSION =
  `${PARTS}[.[] | .supported_database_versions | select(. != null) ` +
  '| [.[] | select(.db_type == null or .db_type == "redis") ' +
  '| (if .redis_version == null then .version else .redis_version end) | select(. != null) ' +
  '| pair | map(tostring) | join(".")] | unique] ' +
  '| length as $nodes | [.[] | .[]] | group_by(.) | map(select(length == $nodes) | .[0]) ' +
  `| max_by(parts) | if . == null then "${UNKNOWN}" else . end`;
