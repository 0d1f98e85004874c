/** Compares an existing database with the wanted settings: in jq, so that a printed script compares too. */
import type { Api, Objection, Question } from '../../../plan/call.ts';
import { get } from '../rest/question.ts';
import { severalBdbs } from './lookup.ts';
import { MODULES_IN_BDB, NEEDED_MODULES } from './modules.ts';
import type { BdbSettings } from './settings.ts';

interface Field {
  readonly name: string;
  /** jq, on a database of /v1/bdbs. null: the cluster does not report it. */
  readonly value: string;
  readonly asked: (settings: BdbSettings) => string | number | boolean;
}

const FIELDS: readonly Field[] = [
  { name: 'memory', value: '.memory_size', asked: ({ memoryBytes }) => memoryBytes },
  {
    name: 'port',
    // While it is pending it has no port yet.
    value:
      '([.port, (.endpoints | select(. != null) | .[] | .port)] | map(select(. != null and (. | tostring) != "0")) | .[0])',
    asked: ({ port }) => port,
  },
  { name: 'replication', value: '.replication', asked: ({ replication }) => replication },
  { name: 'persistence', value: '.data_persistence', asked: ({ persistence }) => persistence },
  { name: 'eviction', value: '.eviction_policy', asked: ({ eviction }) => eviction },
  { name: 'TLS', value: '.tls_mode', asked: ({ tls }) => (tls ? 'enabled' : 'disabled') },
  { name: 'modules', value: MODULES_IN_BDB, asked: () => NEEDED_MODULES },
];

/** Selects the databases of that name, and the differences when there is only one. */
export function existing(api: Api, settings: BdbSettings): Question {
  const all = `[.[] | select(.name == ${JSON.stringify(settings.name)})]`;
  const differences = FIELDS.map((field) => differenceIn(field, settings)).join(', ');
  return get(
    api,
    '/v1/bdbs',
    `${all} | if length == 0 then empty else ` +
      `{bdbs: map({uid, name}), differences: (if length > 1 then [] else .[0] | [${differences}] end)} end`,
  );
}

/** null does not count as a difference. Numbers come as numbers and as strings: shapes.ts. */
function differenceIn({ name, value, asked }: Field, settings: BdbSettings): string {
  const wanted = String(asked(settings));
  const words = `${JSON.stringify(`${name}: is `)} + tostring + ${JSON.stringify(`, asked for ${wanted}`)}`;
  return `(${value} | select(. != null and tostring != ${JSON.stringify(wanted)}) | ${words})`;
}

/** @param question the one of {@link existing} */
export function objectionsTo(question: Question, { name }: BdbSettings): readonly Objection[] {
  return [
    severalBdbs(`${question.select} | .bdbs`, 'redisdemo enterprise database delete'),
    {
      code: 'differs',
      select:
        `${question.select} | .differences | select(length > 0) | {` +
        `message: (${JSON.stringify(`The database ${name} exists with other settings.\n`)} + join("\\n")), ` +
        `hint: ${JSON.stringify(`Delete it first, with its data: redisdemo enterprise database delete ${name}`)}, ` +
        'details: {differences: .}}',
    },
  ];
}
