/**
 * A forward proxy that ends TLS for the hosts it plays and lets nothing else through: CONNECT is RFC 9110, 9.3.6. Real
 * clients find it by their own proxy settings and keep their production URLs.
 */
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { HostCertificate } from '../../support/certificates.ts';

export interface Proxy {
  readonly port: number;
  /** `CONNECT example.com:443`: what a client wanted that is not played here. It got 403. */
  readonly strangers: readonly string[];
  readonly stop: () => Promise<void>;
}

interface ProxyOptions {
  readonly certificate: HostCertificate;
  readonly plays: (host: string) => boolean;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
}

export async function startProxy({ certificate, plays, answer }: ProxyOptions): Promise<Proxy> {
  const strangers: string[] = [];
  const sockets = new Set<Socket>();
  const inside = createTlsServer(certificate, answer);
  // Never listens itself: it is handed the sockets of CONNECT.
  inside.keepAliveTimeout = 60_000;
  const proxy = createHttpServer((request, response) => {
    strangers.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.writeHead(403).end();
  });
  proxy.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    const [host = ''] = (request.url ?? '').split(':');
    if (!plays(host)) {
      strangers.push(`CONNECT ${request.url ?? ''}`);
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    inside.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    strangers,
    stop: async () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await once(proxy, 'close');
    },
  };
}
