/** What the stand-ins of several nodes tell each other, over plain HTTP. Nothing of it is the real product's. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Answer } from './answer.ts';
import { listen, type Listener } from './listener.ts';

export type PeerRoutes = Readonly<Record<string, (body: unknown) => Answer | Promise<Answer>>>;

export async function openPeer(address: { host: string; port: number }, routes: PeerRoutes): Promise<Listener> {
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const route = routes[`${request.method ?? ''} ${request.url ?? ''}`];
      const answer = route === undefined ? { status: 404 } : await route(JSON.parse(body === '' ? 'null' : body));
      response.writeHead(answer.status).end(JSON.stringify(answer.body ?? null));
    });
  });
  return listen(address, (socket) => server.emit('connection', socket));
}

/** Rejects when the node does not answer in time. */
export async function askPeer(
  url: string,
  request: string,
  { body, timeoutMs = 60_000 }: { readonly body?: unknown; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(url + path, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
