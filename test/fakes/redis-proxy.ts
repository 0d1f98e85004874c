/** A proxy in front of a Redis that may send other commands than the client's, and tell the client other replies. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { splitFrames } from './resp.ts';

/** A request to the server, and what the client is told for its reply. */
export interface Exchange {
  readonly request: Buffer;
  readonly answer: (reply: Buffer) => Buffer;
}

/** What to send for a client's command. */
export type Translate = (frame: Buffer) => Exchange;

interface ProxyOptions {
  readonly host: string;
  readonly port: number;
  /** Where the server listens, on 127.0.0.1. */
  readonly serverPort: number;
  readonly translate: Translate;
}

interface Proxy {
  readonly close: () => Promise<void>;
}

export async function startProxy({ host, port, serverPort, translate }: ProxyOptions): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
    }
    join(client, upstream, translate);
    client.on('close', () => {
      sockets.delete(client);
      sockets.delete(upstream);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: async () => {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Replies come in the order of the requests, so each meets the one that waits longest. */
function join(client: Socket, upstream: Socket, translate: Translate): void {
  const waiting: Exchange['answer'][] = [];
  client.on(
    'data',
    splitFrames((frame) => {
      const { request, answer } = translate(frame);
      waiting.push(answer);
      upstream.write(request);
    }),
  );
  upstream.on(
    'data',
    splitFrames((frame) => {
      client.write(waiting.shift()?.(frame) ?? frame);
    }),
  );
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => undefined); // 'close' follows
    one.on('close', () => other.destroy());
  }
}
