import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Redis, ReplyError } from 'ioredis';
import type { RedisSettings } from '../settings.ts';
import { StoreError } from './store.ts';

/** No answer to a login for this long, and the connection is tried anew. What is asked after it has less: silence.ts. */
const LOGIN_SILENCE_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3000;
const DISCONNECT_TIMEOUT_MS = 100;
/** Never longer between two attempts, so that the service is back within a second of Redis. */
const MAX_RETRY_DELAY_MS = 500;

/** A client that refuses at once what it cannot send: nothing waits in a queue, and no lost write is sent twice. */
export function redisClient(settings: RedisSettings): Redis {
  return new Redis({
    host: settings.host,
    port: settings.port,
    ...(settings.user !== undefined && { username: settings.user }),
    ...(settings.password !== undefined && { password: settings.password }),
    ...(settings.tls && { tls: tlsOptions(settings) }),
    lazyConnect: true,
    protocol: 2,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // disconnect() waits as long for the end of a connection, even of one that has ended.
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    socketTimeout: LOGIN_SILENCE_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, MAX_RETRY_DELAY_MS),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // The ready check sleeps through the whole estimate of a loading server, and needs INFO, which a restricted user
    // may not call. A loading server refuses commands, and that is answer enough.
    enableReadyCheck: false,
    disableClientInfo: true,
  });
}

/** A server name is a name (RFC 6066, section 3): for an address the certificate is checked without one. */
function tlsOptions({ host, ca }: RedisSettings): ConnectionOptions {
  return { ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) };
}

/**
 * Commands of requests that arrive together go to Redis together. To be called before each command: it holds the
 * socket until the event loop has seen all that came in, and so makes one write of what would be one a command, which
 * is a fifth of the CPU time of a request. (ioredis's enableAutoPipelining batches too, but lets each batch wait for
 * the answers to the one before.)
 */
export function writeBatch(redis: Redis): () => void {
  let open = false;
  return () => {
    if (open || redis.status !== 'ready') return;
    open = true;
    const { stream } = redis; // this connection's: the next one has another
    stream.cork();
    setImmediate(() => {
      open = false;
      stream.uncork();
    });
  };
}

/** The server has no JSON commands: a fault of the set-up that no retry mends. */
export class JsonModuleMissing extends StoreError {
  constructor() {
    super(
      'unavailable',
      'Redis has no JSON module (RedisJSON), which this service needs. ' +
        'Run redis:8 or redis/redis-stack, or add JSON to the modules of the database.',
    );
  }
}

/** True when Redis answered, if only to refuse. */
export function isAnswer(error: unknown): boolean {
  return error instanceof ReplyError;
}

/** What a failed command means. `reason` says why there is no connection, when that is known. */
export function storeError(error: unknown, reason?: string): StoreError {
  if (!isAnswer(error)) {
    return new StoreError('unavailable', reason ?? 'Redis does not answer', { cause: error });
  }
  const { message } = error as Error;
  if (/^ERR unknown command/i.test(message)) return new JsonModuleMissing();
  // WRONGTYPE is Redis's own word, the other RedisJSON's.
  const kind = /^WRONGTYPE|wrong Redis type/i.test(message) ? 'conflict' : 'unavailable';
  return new StoreError(kind, `Redis refused: ${message}`, { cause: error });
}

/** True when the user may not call the command: Redis answered all the same. */
export function lacksPermission(error: unknown): boolean {
  return error instanceof StoreError && isAnswer(error.cause) && (error.cause as Error).message.startsWith('NOPERM');
}
