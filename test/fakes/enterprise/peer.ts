/** What the stand-ins of several nodes tell each other, over plain HTTP. Nothing of it is the real product's. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Refusal, type Answer } from './answer.ts';
import { listen, type Listener } from './listener.ts';

export type PeerRoutes = Readonly<Record<string, (body: unknown) => Answer | Promise<Answer>>>;

export async function openPeer(address: { host: string; port: number }, routes: PeerRoutes): Promise<Listener> {
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const route = routes[`${request.method ?? ''} ${request.url ?? ''}`];
      const answer = route === undefined ? { status: 404 } : await answerOf(route, body);
      response.writeHead(answer.status).end(JSON.stringify(answer.body ?? null));
    });
  });
  return listen(address, (socket) => server.emit('connection', socket));
}

/** A node that comes back may be asked before it is in its cluster again. */
async function answerOf(route: PeerRoutes[string], body: string): Promise<Answer> {
  try {
    return await route(JSON.parse(body === '' ? 'null' : body));
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** Rejects when the node does not answer in time. */
export async function askPeer(
  url: string,
  request: string,
  { body, timeoutMs = 10_000 }: { readonly body?: unknown; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(url + path, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
