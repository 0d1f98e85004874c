/** Servers that live as long as their test, and connections that lead on to another server. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * Listens on 127.0.0.1 and resolves with the port. At the end of the test the server and its connections are closed; that
 * a client goes away is no error before that.
 */
export async function listening(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  // Of a TLS server, each connection has two sockets, the raw one and the one that decrypts it.
  server.on('connection', keep).on('secureConnection', keep);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Everything that one sends goes to the other, and the end of one is the end of both. */
export function joinSockets(client: Socket, server: Socket): void {
  client.on('error', () => server.destroy()).on('close', () => server.destroy());
  server.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.pipe(server).pipe(client);
}
