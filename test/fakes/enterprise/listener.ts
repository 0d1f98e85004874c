/** A listening TCP port whose connections can be cut. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface Listener {
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

export async function listen(
  { host, port }: { readonly host: string; readonly port: number },
  onConnection: (socket: Socket) => void,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined); // 'close' follows
    onConnection(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    cut,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
