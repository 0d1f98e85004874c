/** A TLS server in the place of another one. It shows a valid certificate of its own and keeps every byte it is sent. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';

export interface Impostor {
  readonly port: number;
  /** How many connections came, with or without a handshake. */
  readonly connections: () => number;
  /** Everything that was sent after a handshake. */
  readonly heard: () => string;
  readonly stop: () => Promise<void>;
}

/** @param pem the path of `NAME.pem` and `NAME-key.pem`, by name */
export async function startImpostor(name: string, pem: (name: string) => string, port = 0): Promise<Impostor> {
  let heard = '';
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ cert: readFileSync(pem(name)), key: readFileSync(pem(`${name}-key`)) }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      // Whatever was asked: HTTP and Redis each take one line for an answer that says nothing.
      socket.write(heard.includes('HTTP/1.1') ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}' : '+OK\r\n');
    });
  });
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    heard: () => heard,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
