/**
 * From a refusal to an answer: `{"detail": …}` as FastAPI writes it. What is no HTTP at all never gets here: Fastify
 * answers that itself.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { stringifyJson, type Json } from './json.ts';
import type { InputError } from './users/model.ts';
import { StoreError } from './users/store.ts';

/** The input breaks the rules: 422 with every error. */
export class InvalidInput extends Error {
  readonly errors: readonly InputError[];

  constructor(errors: readonly InputError[]) {
    super('invalid input');
    this.errors = errors;
  }
}

/** The body cannot be read as text, or breaks a limit of the reader: 400. */
export class UnreadableBody extends Error {}

/** Seconds after which a client may try again; the store looks for Redis more often than that. */
const RETRY_AFTER_S = '1';

export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof InvalidInput) return send(reply, 422, detailOf(error.errors));
    if (error instanceof UnreadableBody) return send(reply, 400, detail('There was an error parsing the body'));
    if (error instanceof StoreError) return storeFailed(error, request, reply);
    if (error.statusCode === 413) discardBody(request, reply);
    const status = error.statusCode ?? 500;
    if (status < 500) return send(reply, status, detail(error.message));
    request.log.error({ err: error, ...about(request) }, 'request failed');
    return send(reply, 500, detail('Internal Server Error'));
  });
}

/** What a log line says of a request. The query may hold anything, so it is left out. */
export function about(request: FastifyRequest): object {
  return { requestId: request.id, method: request.method, path: request.url.split('?', 1)[0] };
}

/** Sends JSON text as it is. */
export function send(reply: FastifyReply, status: number, json: string): FastifyReply {
  return reply.code(status).header('content-type', 'application/json').send(json);
}

/** The body of every refusal that has one sentence to say. */
export function detail(sentence: string): string {
  return JSON.stringify({ detail: sentence });
}

/**
 * Fastify would close the connection; the operating system then answers what the client still sends with a reset, which
 * may overtake our answer. So the rest is read and thrown away, for as long as the request timeout lets it come.
 */
function discardBody(request: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection');
  request.raw.resume();
}

function storeFailed(error: StoreError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.kind === 'conflict') return send(reply, 409, detail(error.message));
  if (error.kind === 'full') return send(reply, 507, detail(error.message));
  request.log.error({ reason: error.message, ...about(request) }, 'the store did not answer');
  return send(reply.header('retry-after', RETRY_AFTER_S), 503, detail(error.message));
}

function detailOf(errors: readonly InputError[]): string {
  // A missing field has the whole body for its input: megabytes, which are written once.
  const written = new Map<Json, string>();
  return `{"detail":[${errors.map((error) => entry(error, written)).join(',')}]}`;
}

function entry({ type, loc, msg, input, ctx }: InputError, written: Map<Json, string>): string {
  const context = ctx === undefined ? '' : `,"ctx":${JSON.stringify(ctx)}`;
  return (
    `{"type":"${type}","loc":${JSON.stringify(loc)},"msg":${JSON.stringify(msg)},` +
    `"input":${once(input, written)}${context}}`
  );
}

function once(input: Json, written: Map<Json, string>): string {
  const text = written.get(input) ?? stringifyJson(input);
  written.set(input, text);
  return text;
}
