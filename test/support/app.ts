/** The service's app in this process, over its memory store: for what needs no process of its own. */
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildApp } from '../../service/src/app.ts';
import { readSettings } from '../../service/src/settings.ts';
import { memoryStore } from '../../service/src/store/memory-store.ts';

/** @param onError hears every line of the log that tells of an error */
export function openApp(onError: (line: string) => void): FastifyInstance {
  const settings = readSettings({});
  return buildApp({
    settings,
    store: memoryStore({ limit: settings.memoryLimit, full: () => undefined }),
    log: pino({ level: 'error' }, { write: onError }),
    docsAssets: new URL('../../dist/service/static/', import.meta.url),
  });
}
