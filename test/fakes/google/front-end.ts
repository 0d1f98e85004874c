/**
 * Google's front end before the services: HTTPS by host name, who may come in, which revision answers.
 *
 * Where each belief comes from:
 * - /healthz is answered by Google with 404 and never arrives: the facts of issue 5, 9 (paths that end in z).
 * - an instance that does not start: 503; no revision: 404; x-forwarded-*: cloud.google.com/run/docs/troubleshooting.
 * - the ingress `internal` and `internal-and-cloud-load-balancing` keep out whoever comes from elsewhere, as all do here:
 *   cloud.google.com/run/docs/securing/ingress; that they get 404: cloud.google.com/run/docs/troubleshooting, "HTTP 404".
 * - traffic is divided by percent among revisions, a tag names one: cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration.
 */
import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { CloudRun, CloudRunSystems } from './cloud-run.ts';
import { CONTAINER_HOST } from './container.ts';
import { sendPage } from './front-end-page.ts';
import { whyRefused } from './invoker.ts';
import { ensureRunning, logSource, type Revision } from './revision.ts';
import { stopUnrouted } from './run-reconcile.ts';
import type { Routed, RunService } from './run-service.ts';
import type { Tokens } from './tokens.ts';
import { hostNames } from './urls.ts';

/** Of one connection, not of the answer: RFC 9110, 7.6.1. */
const HOP_BY_HOP = ['connection', 'keep-alive'];

type FrontEnd = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Destination {
  readonly service: RunService;
  readonly tag: string | undefined;
}

export function createFrontEnd(run: CloudRun, systems: CloudRunSystems, tokens: Tokens): FrontEnd {
  const turns = new Map<RunService, number>();
  return async (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const destination = destinationOf(request.headers.host ?? '', run, systems);
    const ingress = destination?.service.annotations['run.googleapis.com/ingress'] ?? 'all';
    if (!destination || ingress !== 'all' || path === '/healthz') {
      sendPage(response, 'not found', path);
      return;
    }
    const { service, tag } = destination;
    const refusal = whyRefused(request, service, { run, systems, tokens });
    if (refusal !== undefined) {
      sendPage(response, refusal, path);
      return;
    }
    const turn = turns.get(service) ?? 0;
    turns.set(service, turn + 1);
    await forward({ request, response, path, service, systems }, choose(service.routed, tag, turn));
  };
}

function destinationOf(host: string, run: CloudRun, { project }: CloudRunSystems): Destination | undefined {
  const [, tag, rest = ''] = /^(?:(.+)---)?(.+)$/.exec(host) ?? [];
  const service = run.services().find((one) => hostNames(one, project).includes(rest));
  return service && { service, tag };
}

/** By turns: of 100 requests as many as the percent say, without chance. */
function choose(routed: readonly Routed[], tag: string | undefined, turn: number): Revision | undefined {
  if (tag !== undefined) return routed.find((target) => target.tag === tag)?.revision;
  // 37 and 100 have no common divisor: a hundred turns meet each number once, well mixed.
  let left = (turn * 37) % 100;
  for (const { revision, percent } of routed) {
    if (left < percent) return revision;
    left -= percent;
  }
  return undefined;
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly service: RunService;
  readonly systems: CloudRunSystems;
}

async function forward(visit: Visit, revision: Revision | undefined): Promise<void> {
  const { request, response, path, service, systems } = visit;
  if (!revision) {
    sendPage(response, 'not found', path);
    return;
  }
  revision.busy += 1;
  response.on('close', () => {
    revision.busy -= 1;
    logRequest(request, response, revision, systems);
    void stopUnrouted(service);
  });
  const failure = await ensureRunning(revision, systems);
  const { container } = revision;
  if (failure || !container) sendPage(response, 'unavailable', path);
  else pass(visit, container.port);
}

function pass({ request, response, path }: Visit, port: number): void {
  const { method = 'GET', url = '/' } = request;
  const headers = { ...request.headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.1' };
  const upstream = send({ host: CONTAINER_HOST, port, method, path: url, headers, agent: false });
  upstream.on('response', (answer) => {
    const kept = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
    response.writeHead(answer.statusCode ?? 502, { ...Object.fromEntries(kept), server: 'Google Frontend' });
    answer.pipe(response);
  });
  upstream.on('error', () => {
    if (response.headersSent) response.destroy();
    else sendPage(response, 'unavailable', path);
  });
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function logRequest(
  { method, url, headers }: IncomingMessage,
  { statusCode }: ServerResponse,
  revision: Revision,
  { logging }: CloudRunSystems,
): void {
  const httpRequest = {
    requestMethod: method,
    requestUrl: `https://${headers.host ?? ''}${url ?? ''}`,
    status: statusCode,
  };
  const severity = statusCode >= 500 ? 'ERROR' : statusCode >= 400 ? 'WARNING' : 'INFO';
  logging.write(logSource(revision, 'requests'), { severity, httpRequest });
}
