/** What keeps a database from being used as it is asked for, as jq programs: the run and a printed script read the same. */
import type { Objection } from '../../../plan/call.ts';
import type { DatabaseSettings } from './database-settings.ts';
import { isMeant, type Meant } from './lookup.ts';

/** The modules that the service needs. */
export const NEEDED = ['ReJSON', 'search'];

/** None of several is the one that was meant. @param command that takes --id */
export function severalOf(meant: Meant, command: string): Objection {
  const ids = '(map(.uid | tostring) | join(" and "))';
  return {
    code: 'bad_usage',
    select:
      `[.[] | select(${isMeant(meant)})] | select(length > 1) | {` +
      `message: ("There are " + (length | tostring) + " databases named " + (.[0] | .name | select(. != null)) + ", with the ids " + ${ids} + "."), ` +
      `hint: (${JSON.stringify(`Give the id of the one you mean: ${command} --id `)} + (.[0] | .uid | tostring)), ` +
      'details: {ids: map(.uid)}}',
  };
}

/** What the cluster says otherwise; what it does not say is not known to differ. */
export function differsFrom(settings: DatabaseSettings): Objection {
  const { name } = settings;
  const fields = FIELDS.map(
    ({ field, of, asked }) => `{field: "${field}", is: (${of}), asked: ${JSON.stringify(asked(settings))}}`,
  );
  return {
    code: 'differs',
    select:
      `[.[] | select(${isMeant({ name })})] | select(length == 1) | .[0] | [${fields.join(', ')}] ` +
      // Numbers come as numbers and as strings: shapes.ts.
      '| map(select(.is != null and (.is | tostring) != (.asked | tostring)) ' +
      '| .field + ": is " + (.is | tostring) + ", asked for " + (.asked | tostring)) | select(length > 0) | {' +
      `message: (${JSON.stringify(`The database ${name} exists with other settings.\n`)} + join("\\n")), ` +
      `hint: ${JSON.stringify(`Delete it first, with its data: redisdemo enterprise database delete ${name}`)}, ` +
      'details: {differences: .}}',
  };
}

/** @param versions selects what a new database is asked to be, out of the modules of the cluster */
export function modulesMissing(versions: string): Objection {
  return {
    code: 'json_module_missing',
    select:
      `${versions} | select(.module_list != null) ` +
      '| (if .redis_version == null then "databases" else .redis_version end) as $version ' +
      `| ${JSON.stringify(NEEDED)} - [.module_list | .[] | .module_name] | select(length > 0) | {` +
      'message: ("The cluster has no module " + join(" and ") + " for Redis " + $version + "."), ' +
      'hint: "Upload it in the web interface, or use an image that has it: redisdemo enterprise up --image redislabs/redis"}',
  };
}

interface Field {
  readonly field: string;
  /** Of a database, as a jq program; null: the cluster does not say. */
  readonly of: string;
  readonly asked: (settings: DatabaseSettings) => string | number | boolean;
}

const FIELDS: readonly Field[] = [
  { field: 'memory', of: '.memory_size', asked: ({ memoryBytes }) => memoryBytes },
  {
    field: 'port',
    // While it is pending it has no port yet.
    of: '[.port, (.endpoints | .[0] | .port)] | map(select(. != null and (. | tostring) != "0")) | .[0]',
    asked: ({ port }) => port,
  },
  { field: 'replication', of: '.replication', asked: ({ replication }) => replication },
  { field: 'persistence', of: '.data_persistence', asked: ({ persistence }) => persistence },
  { field: 'eviction', of: '.eviction_policy', asked: ({ eviction }) => eviction },
  { field: 'TLS', of: '.tls_mode', asked: ({ tls }) => (tls ? 'enabled' : 'disabled') },
  { field: 'modules', of: modulesOf(), asked: () => NEEDED.join(' and ') },
];

/** Those of the needed ones that it has; null while it lists none because it is not active yet, or lists no names. */
function modulesOf(): string {
  const isSilent =
    '.module_list == null or (.module_list == [] and .status != "active") ' +
    'or (.module_list != [] and all(.module_list | select(. != null) | .[]; .module_name == null))';
  const names = `[${JSON.stringify(NEEDED)} | .[] | select(. as $name | any($there | .[]; . == $name))]`;
  return (
    `if ${isSilent} then null else [.module_list | .[] | .module_name] as $there ` +
    `| ${names} | if . == [] then "none" else join(" and ") end end`
  );
}
