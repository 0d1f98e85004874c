/** The user: one table of fields from which the type, the conversion, the stored document and the OpenAPI schema come. */
import { JsonText, stringifyJson, type Json } from '../text/json.ts';
import { Rejection, toBool, toFloat, toInt, toStr, unstorable, type Convert } from './conversion.ts';

interface Field<T extends Json> {
  readonly schema: object;
  readonly convert: Convert<T>;
  /** What an absent field becomes. A field without one is required. */
  readonly absent?: T;
}

const field = <T extends Json>(schema: object, convert: Convert<T>): Field<T> => ({ schema, convert });

const nullable = <T extends Json>(schema: object, convert: Convert<T>): Field<T | null> => ({
  schema: { anyOf: [schema, { type: 'null' }] },
  convert: (input) => (input === null ? null : convert(input)),
  absent: null,
});

const string = field({ type: 'string' }, toStr);
const integer = field({ type: 'integer' }, toInt);
const number = field({ type: 'number' }, toFloat);

/** In the order in which a document holds them. */
const FIELDS = {
  name: string,
  email: string,
  age: integer,
  city: string,
  height: number,
  weight: number,
  gender: nullable({ type: 'boolean' }, toBool),
} as const;

type FieldName = keyof typeof FIELDS;
type Value<F> = F extends Field<infer T> ? T : never;

export type User = { readonly [Name in FieldName]: Value<(typeof FIELDS)[Name]> };

/** An id of any size; its decimal digits make the key. */
export type UserId = bigint;

/** The tutorial's three example users, as JSON documents with the four fields it gives them. */
export const EXAMPLE_USERS: ReadonlyMap<UserId, string> = new Map([
  [1n, '{"name":"Paul John","email":"paul.john@example.com","age":42,"city":"London"}'],
  [2n, '{"name":"Eden Zamir","email":"eden.zamir@example.com","age":29,"city":"Tel Aviv"}'],
  [3n, '{"name":"Paul Zamir","email":"paul.zamir@example.com","age":35,"city":"Tel Aviv"}'],
]);

/** One entry of a 422 body: where, what, and the offending input, as pydantic v2 writes it. */
export interface InputError {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: Json;
  readonly ctx?: Readonly<Record<string, string>>;
}

const NAMES = Object.keys(FIELDS) as FieldName[];
export const FIELD_NAMES: ReadonlySet<string> = new Set(NAMES);

/** What stands before each value in a document: `{"name":`, `,"email":` and so on. */
const MEMBER_STARTS = Object.fromEntries(
  NAMES.map((name, at) => [name, `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`]),
) as Record<FieldName, string>;

/** Converts a request body. Every error of the body at once, in the order of the fields. */
export function readUser(body: Json | undefined): User | InputError[] {
  if (body === undefined || body === null) return [inputError(new Rejection('missing'), ['body'], null)];
  const members = body instanceof JsonText ? body.members : undefined;
  if (members === undefined) return [inputError(new Rejection('model_attributes_type'), ['body'], body)];

  const values: Partial<Record<FieldName, Json>> = {};
  const errors: InputError[] = [];
  for (const name of NAMES) {
    const input = members.get(name);
    const value = convert(FIELDS[name], input);
    if (value instanceof Rejection)
      errors.push(inputError(value, ['body', name], input ?? (value.type === 'missing' ? body : null)));
    else values[name] = value;
  }
  return errors.length > 0 ? errors : (values as User);
}

/** undefined when anything is wrong: {@link readUser} reports pydantic's errors. */
export function convertUser(
  members: Readonly<Record<string, unknown>>,
  isReadable: (value: unknown) => value is Json | undefined,
): User | undefined {
  const values: Partial<Record<FieldName, Json>> = {};
  for (const name of NAMES) {
    const input = members[name];
    if (!isReadable(input)) return undefined;
    const value = convert(FIELDS[name], input);
    if (value instanceof Rejection || unstorable(value) !== undefined) return undefined;
    values[name] = value;
  }
  return values as User;
}

/** Errors that pydantic does not report: to be checked last, after all of pydantic's. */
export function unstorableFields(user: User): InputError[] {
  return NAMES.flatMap((name) => {
    const rejection = unstorable(user[name]);
    return rejection === undefined ? [] : [inputError(rejection, ['body', name], user[name])];
  });
}

export function readUserId(text: string): UserId | InputError {
  const id = toInt(text);
  return id instanceof Rejection ? inputError(id, ['path', 'user_id'], text) : id;
}

/** The document as it is stored and served: compact JSON. */
export function writeUser(user: User): string {
  let document = '';
  for (const name of NAMES) document += MEMBER_STARTS[name] + stringifyJson(user[name]);
  return `${document}}`;
}

export const userSchema = {
  title: 'User',
  type: 'object',
  properties: Object.fromEntries(NAMES.map((name) => [name, { ...FIELDS[name].schema, title: title(name) }])),
  required: NAMES.filter((name) => FIELDS[name].absent === undefined),
};

function convert(rule: Field<Json>, input: Json | undefined): Json | Rejection {
  if (input !== undefined) return rule.convert(input);
  return rule.absent === undefined ? new Rejection('missing') : rule.absent;
}

function inputError({ type, message }: Rejection, loc: InputError['loc'], input: Json): InputError {
  return { type, loc, msg: message, input };
}

function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
