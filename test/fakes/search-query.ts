/**
 * Schemas and queries of the search stand-in, as redis.io describes them ("Query syntax", "Field and type options"):
 * `*`, `word`, `@text:word`, `@text:(two words)`, `@tag:{one | two}`, `@number:[from to]`, and several with a space
 * between, which all must hold. TEXT is split at everything that is neither letter nor digit and knows no case; TAG is
 * split at its separator, and knows no case; a backslash takes the meaning from the sign behind it. No stemming, no
 * prefixes, no OR between clauses: what is not understood is refused.
 */

type Type = 'TEXT' | 'TAG' | 'NUMERIC';

export interface Field {
  readonly path: string;
  readonly name: string;
  readonly type: Type;
  readonly separator: string;
}

interface Schema {
  readonly prefixes: readonly string[];
  readonly fields: readonly Field[];
}

type Matches = (document: unknown) => boolean;

const CLAUSE =
  /^(?:@(?<field>\w+):(?:\{(?<tags>(?:\\.|[^}])*)\}|\[(?<range>[^\]]*)\]|\((?<words>[^)]*)\)|(?<word>(?:\\.|[^\s@])+))|(?<any>(?:\\.|[^\s@*])+))\s*/;

/** The options of FT.CREATE behind the index's name; the text of the refusal when they are not understood. */
export function readSchema(options: readonly string[]): Schema | string {
  const upper = options.map((option) => option.toUpperCase());
  if (upper[upper.indexOf('ON') + 1] !== 'JSON') return 'this stand-in of RediSearch indexes JSON only';
  const prefixAt = upper.indexOf('PREFIX');
  const count = prefixAt < 0 ? 0 : Number(options[prefixAt + 1]);
  const prefixes = prefixAt < 0 ? [''] : options.slice(prefixAt + 2, prefixAt + 2 + count);
  const schemaAt = upper.indexOf('SCHEMA');
  const fields = schemaAt < 0 ? [] : readFields(options.slice(schemaAt + 1));
  return fields.length === 0 ? 'No schema found' : { prefixes, fields };
}

function readFields(words: readonly string[]): Field[] {
  const starts = words.flatMap((word, at) => (word.startsWith('$') ? [at] : []));
  return starts.flatMap((start, index) => {
    const [path = '', ...rest] = words.slice(start, starts[index + 1]);
    const name = rest[0]?.toUpperCase() === 'AS' ? (rest[1] ?? path) : path;
    const upper = rest.map((word) => word.toUpperCase());
    const type = (['TEXT', 'TAG', 'NUMERIC'] as const).find((known) => upper.includes(known));
    const separatorAt = upper.indexOf('SEPARATOR');
    const separator = separatorAt < 0 ? ',' : (rest[separatorAt + 1] ?? ',');
    return type === undefined ? [] : [{ path, name, type, separator }];
  });
}

/** What a document must be for the query to find it; the text of the refusal when the query is not understood. */
export function matcher(query: string, fields: readonly Field[]): Matches | string {
  let rest = query.trim();
  if (rest === '*') return () => true;
  const clauses: Matches[] = [];
  while (rest !== '') {
    const found = CLAUSE.exec(rest);
    const clause = found && readClause(found.groups ?? {}, fields);
    if (!clause) return `Syntax error at offset ${String(query.length - rest.length)} near ${rest}`;
    clauses.push(clause);
    rest = rest.slice(found[0].length);
  }
  return (document) => clauses.every((clause) => clause(document));
}

function readClause(
  groups: Readonly<Record<string, string | undefined>>,
  fields: readonly Field[],
): Matches | undefined {
  const { field: name, tags, range, words, word, any } = groups;
  if (any !== undefined) {
    const texts = fields.filter(({ type }) => type === 'TEXT');
    return (document) => texts.some((field) => hasWords(document, field, any));
  }
  const field = fields.find((candidate) => candidate.name === name);
  if (field?.type === 'TAG' && tags !== undefined) {
    const wanted = tags.split('|').map((tag) => unescape(tag).trim().toLowerCase());
    return (document) => tagsOf(document, field).some((tag) => wanted.includes(tag));
  }
  if (field?.type === 'NUMERIC' && range !== undefined) {
    const [from = NaN, to = NaN] = range
      .trim()
      .split(/[\s,]+/)
      .map(bound);
    return (document) => valuesAt(document, field.path).some((value) => Number(value) >= from && Number(value) <= to);
  }
  const text = words ?? word;
  if (field?.type !== 'TEXT' || text === undefined) return undefined;
  return (document) => hasWords(document, field, text);
}

function bound(text: string): number {
  return Number(text.replace(/^([+-]?)inf$/i, '$1Infinity'));
}

function hasWords(document: unknown, { path }: Field, text: string): boolean {
  const present = valuesAt(document, path).flatMap((value) => split(String(value)));
  return split(unescape(text)).every((word) => present.includes(word));
}

function split(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

function tagsOf(document: unknown, { path, separator }: Field): string[] {
  const texts = valuesAt(document, path).map(String);
  return texts.flatMap((text) => text.split(separator)).map((tag) => tag.trim().toLowerCase());
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** `$.a.b` and `$.list[*]`: the values there; none when there are none. */
export function valuesAt(document: unknown, path: string): unknown[] {
  const steps = path
    .replace(/^\$\.?/, '')
    .split(/\.|(?=\[)/)
    .filter(Boolean);
  return steps.reduce<unknown[]>(
    (values, step) => {
      if (step === '[*]') return values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
      return values.flatMap((value) => (isRecord(value) && step in value ? [value[step]] : []));
    },
    [document],
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
