import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { STORE_ANSWERS } from '../http/errors.ts';
import { StoreError, type UserStore } from '../store/store.ts';

/**
 * GET /health: 200 when the service is up and its store answers, else 503. A store that refuses writes is "degraded", with
 * 200: users can be read, and a platform that restarts what is unhealthy would not help. The reason is for the log: anybody
 * can call this. Not /healthz: Cloud Run's front end keeps paths that end in z for itself
 * (https://cloud.google.com/run/docs/known-issues#ah).
 */
export function serveHealth(app: FastifyInstance, store: UserStore, log: FastifyBaseLogger, instance?: string): void {
  // Lets the program that started the service recognise it.
  const self = { store: store.name, ...(instance !== undefined && { instance, pid: process.pid }) };
  let logged: string | undefined;
  // Probes ask every few seconds, and would bury the rest of the log.
  const logOnce = (state: string, reason: string): void => {
    if (reason !== logged) log.warn({ reason }, `${state}: ${reason}`);
    logged = reason;
  };
  app.get('/health', { exposeHeadRoute: true }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      const refusal = await store.check();
      if (refusal === undefined) {
        logged = undefined;
        return { status: 'ok', ...self };
      }
      logOnce('writes are refused', refusal.message);
      return { status: 'degraded', ...self, detail: 'The store refuses writes.' };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      logOnce('not healthy', error.message);
      return reply.code(503).send({ status: 'unavailable', ...self, detail: STORE_ANSWERS[error.kind].sentence });
    }
  });
}
