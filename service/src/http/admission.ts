/** Limits of connections before the service answers: their number, headers, expectations, requests sent ahead. */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { COUNTED_FROM, type WatchUnread } from './outgoing.ts';

const MAX_CONNECTIONS = 10_240;
/** So many connections can send headers of the full size; those opened beyond them can send less. */
const ROOMY_CONNECTIONS = 500;
const CROWDED = { maxHeaderSize: 4096, maxHeadersCount: 100 };

/** Node reads these when it accepts a connection (connectionListenerInternal in lib/_http_server.js). */
type HeaderLimits = Pick<Server, 'maxHeadersCount'> & { maxHeaderSize: number };

/** Limits the memory of unfinished headers: hundreds of connections can hold 64 KiB each, thousands more only 4 KiB. */
export function limitConnections({ server }: FastifyInstance, maxHeaderSize: number, log: FastifyBaseLogger): void {
  const roomy: HeaderLimits = { maxHeaderSize, maxHeadersCount: server.maxHeadersCount };
  let open = 0;
  server.maxConnections = MAX_CONNECTIONS;
  server.prependListener('connection', (socket: Socket) => {
    Object.assign(server, open < ROOMY_CONNECTIONS ? roomy : CROWDED);
    open++;
    socket.once('close', () => open--);
  });
  // Node adds the packet of up to 64 KiB that it could not read, and keeps it until the connection has ended.
  server.prependListener('clientError', (error: { rawPacket?: Buffer }) => delete error.rawPacket);
  server.once('drop', () => {
    log.warn(`${String(MAX_CONNECTIONS)} connections are open: new ones are closed until some of these end`);
  });
}

/** How many requests can be sent ahead of their answers. No client in use sends that many. */
const AHEAD = { onOneConnection: 64, together: 2000 };

/**
 * Cuts connections that send too many requests ahead. Each takes some kilobytes until it is answered; Node stops reading
 * only when answers have piled up, and a single packet can hold two thousand requests. They count as unread answers.
 */
export function limitPipelining(app: FastifyInstance, watchUnread: WatchUnread): void {
  const ahead = new Map<Socket, number>();
  let together = 0;
  const add = (socket: Socket, change: number): number => {
    const before = ahead.get(socket) ?? 0;
    together += change;
    if (before + change > 0) ahead.set(socket, before + change);
    else ahead.delete(socket);
    return before + change;
  };
  /** Once for a connection: the requests that it brings have no end. Fastify has one more server for `localhost` on IPv6. */
  const watched = new WeakSet<Socket>();
  const watch = (socket: Socket): void => {
    if (watched.has(socket)) return;
    watched.add(socket);
    socket.once('close', () => add(socket, -(ahead.get(socket) ?? 0)));
  };
  app.addHook('onRequest', (request, { raw: response }, done) => {
    // Node gives a response its connection when those before it are finished.
    if (response.socket === null) {
      const { socket } = request.raw;
      watch(socket);
      const count = add(socket, 1);
      if (count > AHEAD.onOneConnection || together > AHEAD.together) {
        cut(socket);
        return;
      }
      response.once('close', () => ahead.has(socket) && add(socket, -1));
      watchUnread(response, socket, COUNTED_FROM + request.raw.rawHeaders.join('').length);
    }
    done();
  });
}

/** What Node has of an open connection (parserOnHeadersComplete in lib/_http_common.js). */
interface Parsed {
  readonly parser?: { onIncoming: () => number } | null;
}
/** For the parser: nothing that follows is HTTP. */
const STOP = 2;

/** Stops the parser too: otherwise it reads the rest of the packet and keeps the requests in it. */
function cut(socket: Socket & Parsed): void {
  if (socket.parser) socket.parser.onIncoming = () => STOP;
  socket.destroy();
}

/**
 * Answers a request with an `Expect` header that demands nothing: Node would refuse it with 417. An empty value is an
 * empty list (RFC 9110, sections 5.6.1 and 10.1.1). Node itself answers `100-continue`.
 */
export function readExpectation({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const demands = (request.headers.expect ?? '').split(',').some((expectation) => expectation.trim() !== '');
    if (demands) response.writeHead(417).end();
    else server.emit('request', request, response);
  });
}
