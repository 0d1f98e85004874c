/** What listens where Redis should be. Asked when a connection has failed in a way that names no cause. */
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RedisSettings } from '../settings.ts';

/** Redis takes it for an inline command, an HTTP server for a bad request: both answer, and nothing happens. */
const QUESTION = 'PING\r\n';
const ANSWER_LIMIT_MS = 1000;

type Protocol = 'redis' | 'http';

const SENTENCES = {
  'redis without TLS': 'it is Redis without TLS: set REDISTLS=false, and unset REDISCA and REDISCA_FILE',
  'redis with TLS':
    'it is Redis with TLS only: set REDISTLS=true, and REDISCA or REDISCA_FILE unless a public authority has signed its certificate',
  'http without TLS': 'it is an HTTP server, not Redis: check REDISHOST and REDISPORT',
  'http with TLS': 'it is an HTTPS server, not Redis: check REDISHOST and REDISPORT',
} as const;

/** A sentence that names what listens and the setting to change; undefined when it is what the settings say, or unknown. */
export async function listenerMismatch({ host, port, tls }: RedisSettings): Promise<string | undefined> {
  const plain = await ask(connectPlain({ host, port }), 'connect');
  if (plain !== undefined) return plain === 'redis' && !tls ? undefined : SENTENCES[`${plain} without TLS`];
  // The certificate does not matter here: no password is sent.
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const secure = await ask(connectTls({ host, port, rejectUnauthorized: false, ...servername }), 'secureConnect');
  return secure === undefined || (secure === 'redis' && tls) ? undefined : SENTENCES[`${secure} with TLS`];
}

function ask(socket: Socket, ready: 'connect' | 'secureConnect'): Promise<Protocol | undefined> {
  const { promise, resolve } = Promise.withResolvers<Protocol | undefined>();
  const limit = setTimeout(() => {
    resolve(undefined);
  }, ANSWER_LIMIT_MS);
  socket.once(ready, () => socket.write(QUESTION));
  socket.once('data', (bytes) => {
    resolve(protocolOf(bytes.toString('latin1')));
  });
  // 'close' follows an error.
  socket
    .on('error', () => undefined)
    .once('close', () => {
      resolve(undefined);
    });
  return promise.finally(() => {
    clearTimeout(limit);
    socket.destroy();
  });
}

function protocolOf(answer: string): Protocol | undefined {
  if (/^[+-][A-Z]/.test(answer)) return 'redis';
  return /^HTTP\/|^<(?:!doctype|html)/i.test(answer) ? 'http' : undefined;
}
