/**
 * Redis Insight, as far as its REST routes tell about preconfigured connections.
 *
 * Where each belief comes from (redis.io: operate/redisinsight; source: redis/RedisInsight, redisinsight/api/src):
 * - GET /api/health/ answers 200 on port 5540, which RI_APP_PORT moves: redis.io, "Install on Docker", "Configuration".
 * - RI_REDIS_HOST* makes a connection each; its id is the suffix or `0`, with the defaults used here:
 *   modules/database-discovery/utils/pre-setup.discovery.util.ts.
 * - connections appear only once the licence is accepted, by RI_ACCEPT_TERMS_AND_CONDITIONS=true or PATCH
 *   /api/settings, and never in Redis Stack's: local.database-discovery.service.ts, settings.service.ts.
 * - the first PATCH must name every agreement: settings.service.ts, dto/settings.dto.ts.
 * - the list holds no user names and no passwords, a single connection says whether there is a password: the schemas in
 *   redisinsight/api/test/api/database/. GET …/connect tries it: database.controller.ts.
 * - it runs as uid 1000 and keeps its state in /data, which must be writable: Dockerfile, "Install on Docker".
 *
 * Unlike the real one: a file instead of SQLite, no TLS, no POST, and one plain page.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { listed, preconfigured, whyNot } from './insight-databases.ts';

interface InsightOptions {
  readonly port: number;
  /** Without it Insight is the one in Redis Stack: nothing is kept, nothing is preconfigured. */
  readonly dataDir: string | undefined;
}

type Agreements = Readonly<Record<string, boolean>>;

interface Licence {
  readonly agreements: () => Agreements | undefined;
  /** Returns what is still missing. */
  readonly agree: (more: Agreements) => string[];
}

interface Reply {
  readonly status: number;
  /** Without it the answer is the page. */
  readonly body?: unknown;
}

const AGREEMENTS = ['eula', 'analytics', 'notifications', 'encryption'];
const PAGE = '<!doctype html><title>Redis Insight</title><h1>Redis Insight</h1>';
const byVariable = process.env['RI_ACCEPT_TERMS_AND_CONDITIONS'] === 'true';

export function serveInsight({ port, dataDir }: InsightOptions): void {
  const licence = openLicence(dataDir);
  const databases = dataDir === undefined ? [] : preconfigured(process.env);

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const [api, resource, id, verb] = (request.url ?? '').split('/').filter(Boolean);
    if (api !== 'api') return { status: 200 };
    if (resource === 'health') return { status: 200, body: { status: 'up' } };
    if (resource === 'settings') return settings(licence, request.method === 'PATCH' ? await text(request) : '{}');
    if (resource !== 'databases') return { status: 404, body: { message: 'not known to this stand-in' } };
    const visible = licence.agreements()?.['eula'] === true ? databases : [];
    if (id === undefined) return { status: 200, body: visible.map(listed) };
    const database = visible.find((candidate) => candidate.id === id);
    if (database === undefined) return { status: 404, body: { message: 'Invalid database instance id.' } };
    if (verb !== 'connect')
      return { status: 200, body: { ...listed(database), password: database.password ? true : null } };
    const reason = await whyNot(database);
    return reason === undefined ? { status: 200, body: {} } : { status: 503, body: { message: reason } };
  };

  createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': body === undefined ? 'text/html' : 'application/json' });
      response.end(body === undefined ? PAGE : JSON.stringify(body));
    });
  }).listen(port, '::');
}

function settings(licence: Licence, body: string): Reply {
  const { agreements } = JSON.parse(body) as { readonly agreements?: Agreements };
  const missing = agreements === undefined ? [] : licence.agree(agreements);
  if (missing.length > 0) return { status: 400, body: { message: missing } };
  const current = licence.agreements();
  const shown = current && { eula: current['eula'], analytics: current['analytics'], version: '1.0.7' };
  return { status: 200, body: { acceptTermsAndConditionsOverwritten: byVariable, agreements: shown ?? null } };
}

/** Kept in the data directory; throws when that is not writable. */
function openLicence(dataDir: string | undefined): Licence {
  const file = dataDir === undefined ? undefined : join(dataDir, 'redisinsight.json');
  const kept = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  let agreements = JSON.parse(kept) as Agreements;
  if (byVariable) agreements = { eula: true, analytics: false, notifications: false, encryption: false };
  const keep = (): void => {
    if (file !== undefined) writeFileSync(file, JSON.stringify(agreements));
  };
  keep();
  return {
    agreements: () => ('eula' in agreements ? agreements : undefined),
    agree: (more) => {
      const all = { ...agreements, ...more };
      const missing = AGREEMENTS.filter((name) => all[name] === undefined);
      if (missing.length > 0) return missing.map((name) => `agreements.${name} should not be null or undefined`);
      agreements = all;
      keep();
      return [];
    },
  };
}
