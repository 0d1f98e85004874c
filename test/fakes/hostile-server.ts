/** Responses that no server should send: arbitrary HTTP, and documents of a known form with one thing wrong. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import fc from 'fast-check';
import { anyText } from '../support/arbitrary-text.ts';

export interface HostileAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The connection ends before the body does. */
  readonly cut: boolean;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const DEEP = 20_000;
const hostileText = fc.oneof(
  anyText(),
  fc.constantFrom('', 'null', '[]', '{}', '[null]', '{"__proto__":{}}', '{"a":', 'NaN', '1e999', '\u0000', '\uFEFF{}'),
  fc.constantFrom('['.repeat(DEEP) + ']'.repeat(DEEP), '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP)),
  fc.constantFrom(
    '<html><title>\u001B]0;pwned\u0007</title>',
    '"\\u001b[2J\\u202e"',
    '{"message":{},"error_code":[1]}',
  ),
);
const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(null, true, 0, -1, 1e308, Number.MAX_SAFE_INTEGER + 2, '', [], {}, [null], [[]], { a: null }),
  fc.constantFrom<Json[]>('\u001B[2J', '\u202E', { length: 1e9 }, { toString: 1 }, { constructor: null }, { then: 1 }),
  anyText(),
);

/** One member or element of the document is another, or gone. */
function damaged(document: Json): fc.Arbitrary<Json> {
  const places = placesOf(document);
  return fc
    .record({ place: fc.constantFrom(...places), value: fc.option(hostileValue, { nil: undefined }) })
    .map(({ place, value }) => replaced(document, place, value) ?? null);
}

function placesOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, [...path, name]))];
}

function replaced(document: Json, [name, ...rest]: readonly string[], value: Json | undefined): Json | undefined {
  if (name === undefined) return value;
  const entries = Object.entries(document as object).flatMap(([key, inner]) => {
    const next = key === name ? replaced(inner as Json, rest, value) : (inner as Json);
    return next === undefined ? [] : [[key, next] as const];
  });
  return Array.isArray(document) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

const headers = fc.constantFrom<Readonly<Record<string, string>>[]>(
  {},
  { 'content-type': 'text/html' },
  { 'content-encoding': 'gzip' },
  { location: 'http://127.0.0.1:1/' },
  { 'content-type': 'application/json', 'set-cookie': 'a=b' },
);

/** @param documents what a good answer may be */
export function hostileAnswer(documents: readonly Json[]): fc.Arbitrary<HostileAnswer> {
  const body = fc.oneof(
    hostileText,
    fc.constantFrom(...documents).chain((document) => damaged(document).map((wrong) => JSON.stringify(wrong))),
  );
  const status = fc.oneof(
    fc.constant(200),
    fc.constantFrom(201, 204, 301, 307, 400, 401, 403, 404, 409, 500, 503, 599),
  );
  return fc.record({ status, headers, body, cut: fc.integer({ max: 9, min: 0 }).map((n) => n === 0) });
}

export interface HostileServer {
  readonly port: number;
  /** What it answers from now on. */
  answer: (request: string) => HostileAnswer;
  readonly stop: () => Promise<void>;
}

export async function startHostile(): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    request.resume();
    const { status, headers, body, cut } = hostile.answer(`${request.method ?? ''} ${request.url ?? ''}`);
    const hasBody = status !== 204;
    const length = Buffer.byteLength(body) + (cut ? 1 : 0);
    response.writeHead(status, { ...headers, ...(hasBody && { 'content-length': length }) });
    if (!cut || !hasBody) response.end(hasBody ? body : undefined);
    else response.write(body === '' ? ' ' : body, () => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hostile: HostileServer = {
    port: (server.address() as AddressInfo).port,
    answer: () => ({ status: 200, headers: {}, body: '', cut: false }),
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  return hostile;
}
