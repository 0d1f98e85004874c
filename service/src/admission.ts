import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';

/** How many requests one connection can send ahead of its answers. No client in use sends that many. */
const AHEAD = 64;

/**
 * Cuts a connection that sends too many requests ahead. Each takes some kilobytes until it is answered; Node stops reading
 * only when answers have piled up, and a single packet can hold two thousand requests.
 */
export function limitPipelining(app: FastifyInstance): void {
  const ahead = new WeakMap<Socket, number>();
  app.addHook('onRequest', (request, { raw: response }, done) => {
    // Node gives a response its connection when those before it are finished.
    if (response.socket === null) {
      const { socket } = request.raw;
      const count = (ahead.get(socket) ?? 0) + 1;
      ahead.set(socket, count);
      response.once('close', () => ahead.set(socket, (ahead.get(socket) ?? 1) - 1));
      if (count > AHEAD) socket.destroy();
      // The rest of the packet is read all the same, and nobody waits for the answers.
      if (socket.destroyed) return;
    }
    done();
  });
}
