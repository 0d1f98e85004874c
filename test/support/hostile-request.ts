/** Requests that a hostile or broken client sends: any method, path, content type and body. */
import fc from 'fast-check';
import { anyCharacter, anyText } from './arbitrary-text.ts';

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const;

export interface HostileRequest {
  readonly method: (typeof METHODS)[number];
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: Buffer | undefined;
}

const VALID =
  '{"name":"Ann","email":"ann@example.com","age":30,"city":"Rome","height":170.5,"weight":60.25,"gender":null}';

const PIECES = ['[', ']', '{', '}', ',', ':', '"', '\\', '\\u', 'd800', '0', '-', '.', 'e9', 'NaN', 'null', '"a"', ' '];

const jsonish = fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((pieces) => pieces.join(''));

/** Values that meet limits: depth, size, precision, characters that cannot be written. */
const value = fc.oneof(
  fc.json(),
  jsonish,
  fc.constantFrom('NaN', '-Infinity', '1e400', '-0.0', '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '1e-400', '""'),
  fc.bigInt({ min: -(10n ** 400n), max: 10n ** 400n }).map(String),
  fc.nat({ max: 4400 }).map((digits) => '9'.repeat(digits)),
  fc.nat({ max: 4400 }).map((digits) => `"${'9'.repeat(digits)}"`),
  fc.nat({ max: 1200 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.nat({ max: 1200 }).map((depth) => '{"":'.repeat(depth) + '0' + '}'.repeat(depth)),
  fc.nat({ max: 5000 }).map((depth) => '[{"":'.repeat(depth)),
);

const FIELD = /("(?:name|email|age|city|height|weight|gender)":)[^,}]*/g;

/** A valid user with one or all fields replaced. */
const almostUser = fc.oneof(
  fc.tuple(fc.nat({ max: 6 }), value).map(([chosen, text]) => {
    let index = 0;
    return VALID.replace(FIELD, (all, name: string) => (index++ === chosen ? name + text : all));
  }),
  fc
    .infiniteStream(value)
    .map((values) => VALID.replace(FIELD, (_all, name: string) => name + String(values.next().value))),
  fc.tuple(fc.string(), value).map(([key, text]) => VALID.replace('{', `{${JSON.stringify(key)}:${text},`)),
);

/** A valid user with some bytes replaced by others. */
const damagedUser = fc
  .tuple(fc.nat({ max: VALID.length }), fc.nat({ max: 8 }), fc.uint8Array({ maxLength: 8 }))
  .map(([at, removed, bytes]) => {
    const whole = Buffer.from(VALID);
    return Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + removed)]);
  });

const encoded = fc
  .tuple(almostUser, fc.constantFrom<BufferEncoding>('utf8', 'utf8', 'utf16le', 'latin1'))
  .map(([text, encoding]) => Buffer.from(text, encoding));

const body = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  jsonish.map((text) => Buffer.from(text)),
  value.map((text) => Buffer.from(text)),
  { arbitrary: damagedUser, weight: 2 },
  { arbitrary: encoded, weight: 4 },
);

const contentType = fc.oneof(
  { arbitrary: fc.constantFrom(undefined, 'application/json'), weight: 4 },
  fc.constantFrom(
    ...['', 'application/problem+json', 'text/plain', 'multipart/form-data', 'application/json; charset=utf-16'],
    ...[';', '/', 'application/', ','],
  ),
  fc.string({ unit: fc.constantFrom('a', '/', ';', '=', '"', '+', ' ', '\u00e9', 'json'), maxLength: 12 }),
);

const segment = fc.oneof(
  fc.constantFrom('users', 'docs', 'openapi.json', 'redoc', 'health', 'assets', '1', '..', '.', ''),
  fc.bigInt().map(String),
  anyText({ maxLength: 8 }).map(encodeURIComponent),
  fc.string({ unit: fc.constantFrom('%', '%2', '%FF', '%00', '%2F', '%3F', '%25', '1', '+', '_', '#', ';', ':', '*') }),
);

/** RFC 3986, section 3.4: what may stand in a query as it is, and the rest encoded. */
const query = fc.string({
  unit: fc.oneof(fc.constantFrom(...Array.from("azAZ09-._~!$&'()*+,;=:@/?")), anyCharacter.map(encodeURIComponent)),
});

const path = fc.oneof(
  segment.map((last) => `/users/${last}`),
  fc.nat({ max: 9 }).map((id) => `/users/${String(id)}`),
  fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
  fc.tuple(segment, query).map(([last, parameters]) => `/users/${last}?${parameters}`),
);

const method = fc.oneof(fc.constant('PUT' as const), fc.constantFrom(...METHODS));

export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.record({ method, path, contentType, body });
