/** Errors as FastAPI writes them: `{"detail": …}`. Malformed HTTP never gets here: Fastify answers that itself. */
import type { FastifyBaseLogger, FastifyError, FastifyInstance } from 'fastify';
import { about, refuse, RETRY, send } from './answers.ts';
import { BodyRefused } from './incoming.ts';
import type { InputError } from '../model/user.ts';
import { JsonText, stringifyJson, type Json } from '../text/json.ts';
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
    if (error instanceof UnreadableBody) return refuse(reply, 400, 'There was an error parsing the body');
    if (error instanceof StoreError) {
      const { status, sentence, level } = STORE_ANSWERS[error.kind];
      if (level)
        log[level]({ reason: error.message, ...about(request) }, 'the store did not do what the request needs');
      return refuse(reply, status, sentence);
    }
    if (error instanceof BodyRefused) {
      // Fastify would close the connection; the operating system then answers what the client still sends with a reset,
      // which may overtake our answer. So the rest is read and thrown away, for as long as the request timeout lets it come.
      reply.removeHeader('connection');
      request.raw.resume();
      return refuse(reply, error.statusCode, error.message);
    }
    const { statusCode = 500, message } = error;
    if (statusCode < 500) return refuse(reply, statusCode, message);
    log.error({ err: error, ...about(request) }, 'request failed');
    return refuse(reply, 500, 'Internal Server Error');
  });
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

/** Characters of an input that an error repeats whole: twice of the longest integer. */
const WHOLE = 8192;
/** Characters that it shows of a longer one. */
const BEGINNING = 1000;

/** FastAPI repeats all input in every error: 4 MiB of `[1e15,1e15,…]` come back as 100 MB. Here a long one is cut. */
function echo(input: Json): string {
  const text = input instanceof JsonText ? input.text : input;
  if (typeof text !== 'string' || text.length <= WHOLE) return stringifyJson(input);
  return JSON.stringify(`${text.slice(0, BEGINNING)}… (${String(text.length)} characters in all)`);
}
