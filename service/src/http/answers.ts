/** How answers leave the service: their headers, and what is logged of a request. */
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { COUNTED_FROM, type WatchUnread } from './outgoing.ts';
import type { Settings } from '../settings.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** When the headers had arrived, on the clock of `performance.now()`. */
    arrivedAt: number;
  }
  interface FastifyReply {
    /** Status 200, past `reply.send`: its checks for streams, serialisers and hooks cost a tenth of a request's CPU. */
    sendOk(json: string): void;
  }
}

const JSON_TYPE = 'application/json';

const NOSNIFF = 'x-content-type-options';
const REFERRER = 'referrer-policy';
const SAFETY = { [NOSNIFF]: 'nosniff', [REFERRER]: 'no-referrer' };

/** Names and values in turn, as node:http takes them fastest. */
function okHeaders(bytes: number): string[] {
  const length = String(bytes);
  return ['content-type', JSON_TYPE, 'content-length', length, NOSNIFF, SAFETY[NOSNIFF], REFERRER, SAFETY[REFERRER]];
}

export function prepareAnswers(
  app: FastifyInstance,
  { slowRequestMs, logRequests }: Settings,
  log: FastifyBaseLogger,
  watchUnread: WatchUnread,
): void {
  const logRequest = (request: FastifyRequest, status: number): void => {
    const ms = Math.round(performance.now() - request.arrivedAt);
    const slow = ms >= slowRequestMs;
    if (!slow && !logRequests) return;
    log[slow ? 'warn' : 'info']({ ...about(request), status, ms }, slow ? 'slow request' : 'request');
  };
  app.decorateRequest('arrivedAt', 0);
  app.addHook('onRequest', (request, _reply, done) => {
    request.arrivedAt = performance.now();
    done();
  });
  // Not onResponse: Fastify would add two listeners to each response, which costs more than these lines.
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.headers(SAFETY);
    const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0;
    if (bytes >= COUNTED_FROM) watchUnread(reply.raw, request.raw.socket, bytes);
    logRequest(request, reply.statusCode);
    done();
  });
  app.decorateReply('sendOk', function sendOk(json) {
    this.hijack();
    const bytes = Buffer.byteLength(json);
    if (bytes >= COUNTED_FROM) watchUnread(this.raw, this.request.raw.socket, bytes);
    this.raw.writeHead(200, okHeaders(bytes)).end(json);
    logRequest(this.request, 200);
  });
}

/** What a log line says of a request. The query can hold anything, so it is left out. */
export function about(request: FastifyRequest): object {
  return { requestId: request.id, method: request.method, path: request.url.split('?', 1)[0] };
}

export function send(reply: FastifyReply, status: number, json: string): FastifyReply {
  return reply.code(status).header('content-type', JSON_TYPE).send(json);
}

/** Seconds until a client is to try again; redis-link.ts looks for Redis more often than that. */
const RETRY_AFTER_S = 1;
export const RETRY = `Try again in ${String(RETRY_AFTER_S)} second.`;

export function refuse(reply: FastifyReply, status: number, sentence: string): FastifyReply {
  if (status === 503) reply.header('retry-after', String(RETRY_AFTER_S));
  return send(reply, status, JSON.stringify({ detail: sentence }));
}
