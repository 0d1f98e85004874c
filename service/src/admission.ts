/** How many requests wait for their answers: each takes some kilobytes, whatever it asks for. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Socket } from 'node:net';

/** Of one connection, while an earlier answer of it is not finished. No client in use sends that many ahead. */
const AHEAD = 64;

/**
 * Cuts a connection that sends many requests without waiting for answers. Node stops reading from such a connection only
 * when answers have piled up, and a single packet can hold two thousand requests.
 */
export function limitPipelining(app: FastifyInstance): void {
  const ahead = new WeakMap<Socket, number>();
  app.addHook('onRequest', (request, reply, done) => {
    if (isBehindAnother(reply)) {
      const { socket } = request.raw;
      const count = (ahead.get(socket) ?? 0) + 1;
      ahead.set(socket, count);
      reply.raw.once('close', () => ahead.set(socket, (ahead.get(socket) ?? 1) - 1));
      if (count > AHEAD) socket.destroy();
    }
    done();
  });
}

/** Node gives a response its connection when those before it are finished. */
function isBehindAnother({ raw }: FastifyReply): boolean {
  return raw.socket === null;
}
