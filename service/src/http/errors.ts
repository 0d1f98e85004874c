/**
 * From a refusal to an answer: `{"detail": …}` as FastAPI writes it. What is no HTTP at all never gets here: Fastify
 * answers that itself.
 */
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { about, detail, send } from './answers.ts';
import { echo } from './echo.ts';
import { BodyCutShort, BodyTooLarge, TooManyBodies } from './incoming.ts';
import type { InputError } from '../model/user.ts';
import { StoreError } from '../store/store.ts';

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

/** Seconds until a client is to try again; redis-link.ts looks for Redis more often than that. */
const RETRY_AFTER_S = 1;
const RETRY = `Try again in ${String(RETRY_AFTER_S)} second.`;

interface StoreAnswer {
  readonly status: number;
  /** What clients are told. Host, port, user and Redis's own message are for the log. */
  readonly sentence: string;
  /** Absent: the store itself has logged it once. */
  readonly level?: 'error' | 'warn';
}

export const STORE_ANSWERS: Readonly<Record<StoreError['kind'], StoreAnswer>> = {
  silent: { status: 503, sentence: `The store does not respond. ${RETRY}`, level: 'error' },
  refused: { status: 503, sentence: `The store refused the request. ${RETRY}`, level: 'error' },
  cluster: {
    status: 503,
    sentence: 'The store runs in cluster mode, which this service does not support.',
    level: 'error',
  },
  conflict: { status: 409, sentence: 'The store holds something other than a user under this id.', level: 'warn' },
  full: { status: 507, sentence: 'The memory store is full: the user was not stored.' },
};

export function handleErrors(app: FastifyInstance, log: FastifyBaseLogger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof InvalidInput) return send(reply, 422, detailOf(error.errors));
    if (error instanceof UnreadableBody) return send(reply, 400, detail('There was an error parsing the body'));
    if (error instanceof StoreError) return storeFailed(error, request, reply, log);
    if (error instanceof BodyTooLarge) {
      discardBody(request, reply);
      return send(reply, 413, detail('Request body is too large'));
    }
    if (error instanceof TooManyBodies) {
      discardBody(request, reply);
      return send(
        reply.header('retry-after', String(RETRY_AFTER_S)),
        503,
        detail(`Too many large bodies arrive at once. ${RETRY}`),
      );
    }
    if (error instanceof BodyCutShort) return send(reply, 400, detail(error.message));
    const status = error.statusCode ?? 500;
    if (status < 500) return send(reply, status, detail(error.message));
    log.error({ err: error, ...about(request) }, 'request failed');
    return send(reply, 500, detail('Internal Server Error'));
  });
}

/**
 * Fastify would close the connection; the operating system then answers what the client still sends with a reset, which
 * may overtake our answer. So the rest is read and thrown away, for as long as the request timeout lets it come.
 */
function discardBody(request: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection');
  request.raw.resume();
}

function storeFailed(
  { kind, message }: StoreError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: FastifyBaseLogger,
): FastifyReply {
  const { status, sentence, level } = STORE_ANSWERS[kind];
  if (level) log[level]({ reason: message, ...about(request) }, 'the store did not do what the request needs');
  if (status === 503) reply.header('retry-after', String(RETRY_AFTER_S));
  return send(reply, status, detail(sentence));
}

function detailOf(errors: readonly InputError[]): string {
  return `{"detail":[${errors.map(entry).join(',')}]}`;
}

function entry({ type, loc, msg, input, ctx }: InputError): string {
  const context = ctx === undefined ? '' : `,"ctx":${JSON.stringify(ctx)}`;
  return (
    `{"type":"${type}","loc":${JSON.stringify(loc)},"msg":${JSON.stringify(msg)},` + `"input":${echo(input)}${context}}`
  );
}
