/**
 * A forward proxy for HTTP (absolute URLs: RFC 9112, 3.2.2; CONNECT: RFC 9110, 9.3.6; a 407 says how to log in: RFC 9110,
 * 15.5.8) and for SOCKS 5 (RFC 1928, with the login of RFC 1929). Every name leads to 127.0.0.1.
 */
import { once } from 'node:events';
import { createServer as createHttpServer, request as send } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { joinSockets, listening } from '../support/sockets.ts';

interface ForwardProxy {
  readonly port: number;
  /** `GET http://a.example.com/x` or `CONNECT a.example.com:443`, each with its Proxy-Authorization. */
  readonly seen: readonly string[];
}

const CHALLENGE = 'Basic realm="proxy"';

/** @param login `user:password` that is demanded */
export async function startForwardProxy(login?: string): Promise<ForwardProxy> {
  const seen: string[] = [];
  const wanted = login === undefined ? '' : `Basic ${Buffer.from(login).toString('base64')}`;
  const server = createHttpServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const given = headers['proxy-authorization'] ?? '';
    seen.push(`${method} ${url} ${given}`.trim());
    if (given !== wanted) return void response.writeHead(407, { 'proxy-authenticate': CHALLENGE }).end();
    const { port, pathname } = new URL(url);
    const onward = send(
      { host: '127.0.0.1', port, path: pathname, method, headers: { host: headers.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    const given = request.headers['proxy-authorization'] ?? '';
    seen.push(`CONNECT ${request.url ?? ''} ${given}`.trim());
    if (given !== wanted) {
      socket.end(`HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: ${CHALLENGE}\r\n\r\n`);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    joinSockets(socket, connect(Number(request.url?.split(':').at(-1)), '127.0.0.1'));
  });
  return { port: await listening(server), seen };
}

export async function startSocksProxy(): Promise<ForwardProxy> {
  const seen: string[] = [];
  const server = createServer((socket) => void serveSocks(socket, seen));
  return { port: await listening(server), seen };
}

/** Each of the client's messages arrives whole: it waits for the answer to the one before. */
async function serveSocks(socket: Socket, seen: string[]): Promise<void> {
  const next = async (): Promise<Buffer> => ((await once(socket, 'data')) as [Buffer])[0];
  const greeting = await next();
  const hasLogin = greeting.subarray(2).includes(2);
  socket.write(Buffer.from([5, hasLogin ? 2 : 0]));
  let login = '';
  if (hasLogin) {
    const message = await next();
    const [userLength = 0] = message.subarray(1);
    login = ` ${String(message.subarray(2, 2 + userLength))}:${String(message.subarray(3 + userLength))}`;
    socket.write(Buffer.from([1, 0]));
  }
  const asked = await next();
  const port = asked.readUInt16BE(asked.length - 2);
  seen.push(`SOCKS ${nameIn(asked)}:${String(port)}${login}`);
  socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
  joinSockets(socket, connect(port, '127.0.0.1'));
}

/** RFC 1928, 4 and 5: a kind, then for a name (3) its length and its text, and the port. */
function nameIn(asked: Buffer): string {
  const [kind] = asked.subarray(3);
  if (kind !== 3)
    throw new Error(`this SOCKS proxy knows names only: RFC 1928 has another kind of address for ${String(kind)}`);
  return String(asked.subarray(5, -2));
}
