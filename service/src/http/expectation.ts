import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Answers a request with an `Expect` header that demands nothing: Node would refuse it with 417. An empty value is an
 * empty list (RFC 9110, sections 5.6.1 and 10.1.1). Node itself answers `100-continue`.
 */
export function readExpectation({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const demands = (request.headers.expect ?? '').split(',').some((expectation) => expectation.trim() !== '');
    if (demands) response.writeHead(417).end();
    else server.emit('request', request, response);
  });
}
