/** The service. Every option of Fastify lives here: tests and production build the same app. */
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { prepareAnswers } from './http/answers.ts';
import { serveDocs } from './routes/docs.ts';
import { limitConnections, limitPipelining, readExpectation } from './http/admission.ts';
import { handleErrors } from './http/errors.ts';
import { serveHealth } from './routes/health.ts';
import { bodyReader } from './http/incoming.ts';
import { unreadAnswers } from './http/outgoing.ts';
import { decodePath, handleUnrouted } from './http/paths.ts';
import type { Settings } from './settings.ts';
import { serveUsers } from './routes/users.ts';
import type { UserStore } from './store/store.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The Content-Type header as it was sent, malformed ones included. */
    contentType: string | undefined;
  }
}

/** Bytes of request line and headers together: the tutorial's server (uvicorn) takes 64 KiB too. */
const MAX_HEADER_SIZE = 65_536;
const BYTES = 'application/octet-stream';
const REQUEST_TIMEOUT_CHECK_MS = 1000;

interface AppParts {
  readonly settings: Settings;
  readonly store: UserStore;
  readonly log: FastifyBaseLogger;
  readonly docsAssets: URL;
}

export function buildApp({ settings, store, log, docsAssets }: AppParts): FastifyInstance {
  const app = fastify({
    // The service logs for itself. Fastify's logger would cost each request a child logger and two listeners.
    logger: false,
    // No route has a schema to be compiled. Unless others are named here, Fastify loads its own compilers anyway: half
    // of the service's file, and a fifth of the CPU time of its start.
    schemaController: { compilersFactory: { buildValidator: notNeeded, buildSerializer: notNeeded } },
    requestTimeout: settings.requestTimeoutMs,
    http: {
      maxHeaderSize: MAX_HEADER_SIZE,
      headersTimeout: settings.requestTimeoutMs,
      connectionsCheckingInterval: REQUEST_TIMEOUT_CHECK_MS,
    },
    // While it drains, the service answers what still arrives, and says that the connection ends.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MAX_HEADER_SIZE },
    rewriteUrl: (request) => decodePath(request.url ?? '/'),
  });

  // The original takes a malformed content type for "not JSON", Fastify answers 415: so every body arrives as bytes.
  // The header gets another type, because without one Fastify looks for the parser again at each request.
  app.removeAllContentTypeParsers();
  const read = bodyReader(settings.bodyLimit);
  app.addContentTypeParser([BYTES, '*'], (_request, payload, done) => {
    read(payload, done);
  });
  app.decorateRequest('contentType', undefined);
  app.addHook('onRequest', (request, _reply, done) => {
    request.contentType = request.headers['content-type'];
    if (request.contentType !== undefined) request.headers['content-type'] = BYTES;
    done();
  });

  const watchUnread = unreadAnswers(settings.requestTimeoutMs);
  limitConnections(app, MAX_HEADER_SIZE, log);
  limitPipelining(app, watchUnread);
  readExpectation(app);
  prepareAnswers(app, settings, log, watchUnread);
  handleErrors(app, log);
  handleUnrouted(app);
  serveDocs(app, docsAssets);
  serveHealth(app, store, log, settings.instance);
  serveUsers(app, store);
  app.addHook('onClose', () => store.close());
  return app;
}

function notNeeded(): never {
  throw new Error('a route has a schema to be compiled: describe it in routes/openapi.ts instead');
}
