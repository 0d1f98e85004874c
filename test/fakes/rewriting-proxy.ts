/**
 * A service that is nearly right: an HTTP proxy in front of the real service that rewrites chosen responses. It makes no
 * assumptions; each change is a fault that the smoke test must find.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** undefined leaves the answer as the service gave it. `count` is how often this method and path were asked before. */
export type Rewrite = (request: string, count: number, reply: Reply) => Reply | undefined;

export interface RewritingProxy {
  readonly url: string;
  /** Every request in order: "PUT /users/4". */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

export async function startRewritingProxy(service: string, rewrite: Rewrite): Promise<RewritingProxy> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void forward(service, request).then(({ status, text, type }) => {
      const name = `${request.method ?? ''} ${request.url ?? ''}`;
      const count = requests.filter((earlier) => earlier === name).length;
      requests.push(name);
      const reply = rewrite(name, count, { status, text }) ?? { status, text };
      response.writeHead(reply.status, { 'content-type': type }).end(reply.text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function forward(service: string, request: IncomingMessage): Promise<Reply & { type: string }> {
  const body: Buffer[] = [];
  for await (const chunk of request) body.push(chunk as Buffer);
  const answer = await fetch(service + (request.url ?? ''), {
    method: request.method ?? 'GET',
    headers: { 'content-type': request.headers['content-type'] ?? '' },
    ...(body.length > 0 && { body: Buffer.concat(body) }),
  });
  return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') ?? '' };
}
