import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { STORE_ANSWERS } from './errors.ts';
import { StoreError, type UserStore } from './users/store.ts';

/**
 * GET /health: 200 when the service is up and its store answers, else 503. The reason is for the log: anybody can call
 * this. Not /healthz: Cloud Run's front end keeps paths that end in z for itself
 * (https://cloud.google.com/run/docs/known-issues#ah).
 */
export function serveHealth(app: FastifyInstance, store: UserStore, log: FastifyBaseLogger, instance?: string): void {
  // Whoever started it finds it again by this.
  const self = instance === undefined ? {} : { instance, pid: process.pid };
  let logged: string | undefined;
  app.get('/health', { exposeHeadRoute: true }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      await store.check();
      logged = undefined;
      return { status: 'ok', store: store.name, ...self };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const reason = error.message;
      // Probes ask every few seconds, and would bury the rest of the log.
      if (reason !== logged) log.warn({ reason }, `not healthy: ${reason}`);
      logged = reason;
      const { sentence } = STORE_ANSWERS[error.kind];
      return reply.code(503).send({ status: 'unavailable', store: store.name, ...self, detail: sentence });
    }
  });
}
