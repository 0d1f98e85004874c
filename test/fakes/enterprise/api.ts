/**
 * The REST API of one node as a client meets it on 9443: HTTPS with the node's certificate, outages, faults, and a
 * record of all that came in. What is answered when all is well is decided elsewhere (routes.ts).
 *
 * Where each belief comes from: `server: envoy` and `cluster-state-id` among the headers: redis-enterprise-rs, facts B9.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import type { Identity } from './certificate.ts';
import { parsed, type Exchange, type Exchanges } from './exchanges.ts';
import type { FindFault } from './faults.ts';
import { listen } from './listener.ts';
import { cannedAnswer, stageAt, type Outage } from './outage.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export interface ApiOptions {
  /** The node's address, for the record. */
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly identity: Identity;
  readonly outage: Outage;
  readonly findFault: FindFault;
  readonly exchanges: Exchanges;
  readonly answer: (request: ApiRequest) => Promise<Answer>;
}

interface Api {
  /** Cuts every connection, and goes on with another certificate after an outage. */
  readonly restart: (identity: Identity, outage: Outage) => void;
  readonly close: () => Promise<void>;
}

export async function openApi(options: ApiOptions): Promise<Api> {
  let { outage } = options;
  const server = createServer(contextOf(options.identity), (request, response) => {
    void serve(request, response, { ...options, outage });
  });
  server.keepAliveTimeout = 60_000; // a client that finds its connection closed would have to try again
  const listener = await listen(options, (socket) => {
    const stage = stageAt(outage, Date.now());
    if (stage === 'reset') socket.resetAndDestroy();
    else if (stage !== 'silent') server.emit('connection', socket);
  });
  return {
    restart: (identity, next) => {
      server.setSecureContext(contextOf(identity));
      outage = next;
      listener.cut();
    },
    close: listener.close,
  };
}

function contextOf({ certificate, key }: Identity): { cert: string; key: string } {
  return { cert: certificate, key };
}

async function serve(request: IncomingMessage, response: ServerResponse, options: ApiOptions): Promise<void> {
  const body = await text(request).catch(() => undefined);
  if (body === undefined) return; // the client has gone
  const { method = '', url = '', headers } = request;
  const at = url.includes('?') ? url.indexOf('?') : url.length;
  const asked = { method, path: url.slice(0, at), query: url.slice(at), body: parsed(body) };
  const record = ({ status, body: answer }: Answer): void => {
    const exchange: Exchange = { node: options.node, at: Date.now(), ...asked, headers, status, answer };
    options.exchanges.add(exchange);
  };
  await answerOrFail(response, { ...asked, authorization: headers.authorization }, { ...options, record });
}

async function answerOrFail(
  response: ServerResponse,
  request: ApiRequest,
  options: ApiOptions & { readonly record: (answer: Answer) => void },
): Promise<void> {
  const { record, outage, findFault, answer } = options;
  const stage = stageAt(outage, Date.now());
  if (stage !== undefined) {
    const canned = cannedAnswer(stage);
    record(canned ?? { status: 0 });
    if (canned === undefined) response.socket?.destroy();
    else send(response, canned);
    return;
  }
  const fault = findFault(request.method, request.path);
  if (fault?.kind === 'answer' || fault?.kind === 'reset' || fault?.kind === 'silence') {
    record(fault.kind === 'answer' ? fault : { status: 0 });
    if (fault.kind === 'answer') send(response, fault);
    if (fault.kind === 'reset') response.socket?.destroy();
    return;
  }
  if (fault?.kind === 'delay') await pause(fault.ms);
  const result = await answer(request).catch((error: unknown) => {
    // A fault of the stand-in itself: it must be seen.
    return { status: 500, body: { error_code: 'stand_in_failed', description: String(error) } };
  });
  record(result);
  if (fault?.kind === 'cut') cut(response, result);
  else send(response, result);
}

function send(response: ServerResponse, answer: Answer): void {
  const { head, content } = rendered(answer);
  response.writeHead(answer.status, head).end(content);
}

function cut(response: ServerResponse, answer: Answer): void {
  const { head, content } = rendered(answer);
  response.writeHead(answer.status, { ...head, 'content-length': content.length + 100 });
  response.write(content.slice(0, Math.floor(content.length / 2)), () => response.socket?.destroy());
}

function rendered({ body, headers }: Answer): { readonly head: Record<string, string>; readonly content: string } {
  const isText = typeof body === 'string';
  const type = isText ? 'text/html' : 'application/json';
  return {
    head: { server: 'envoy', ...(body !== undefined && { 'content-type': type }), ...headers },
    content: isText ? body : body === undefined ? '' : JSON.stringify(body),
  };
}
