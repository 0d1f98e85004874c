import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Redis, ReplyError } from 'ioredis';
import type { RedisSettings } from '../settings.ts';
import { withoutSecret } from '../text/secret-value.ts';
import { StoreError } from './store.ts';
import type { UserId } from '../model/user.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const DISCONNECT_TIMEOUT_MS = 100;

/** One connection to Redis, not opened yet. It keeps no queue and does not connect again: redis-link.ts decides that. */
export function redisClient(settings: RedisSettings): Redis {
  const password = settings.password?.();
  const redis = new Redis({
    host: settings.host,
    port: settings.port,
    ...(settings.user !== undefined && { username: settings.user }),
    ...(password !== undefined && { password }),
    ...(settings.tls && { tls: tlsOptions(settings) }),
    lazyConnect: true,
    protocol: 2,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // disconnect() waits as long for the end of a connection, even of one that has ended.
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // The ready check sleeps through the whole estimate of a loading server, and needs INFO, which a restricted user
    // is not allowed to call. A loading server refuses commands, and that is answer enough.
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  // Before any other listener: the error is the same object for all.
  redis.on('error', (error: Error) => {
    error.message = withoutEcho(error.message, password);
  });
  return redis;
}

/** A server can repeat the password: Redis repeats the arguments of unknown commands, such as a renamed AUTH. */
function withoutEcho(reply: string, password: string | undefined): string {
  return withoutSecret(reply, password).replace(/,? with args beginning with:.*$/s, '');
}

/** A server name is a name (RFC 6066, section 3): for an address the certificate is checked without one. */
function tlsOptions({ host, ca }: RedisSettings): ConnectionOptions {
  // Without it, Node lets NODE_TLS_REJECT_UNAUTHORIZED=0 switch every check off, also that of a given authority.
  const verified = { rejectUnauthorized: true };
  return { ...verified, ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) };
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
    const { stream } = redis;
    stream.cork();
    setImmediate(() => {
      open = false;
      stream.uncork();
    });
  };
}

/** The server has no JSON commands: a fault of the set-up that no retry repairs. */
export class JsonModuleMissing extends StoreError {
  constructor() {
    super(
      'refused',
      'Redis has no JSON module (RedisJSON), which this service needs. ' +
        'Run redis:8 or redis/redis-stack, or add JSON to the modules of the database.',
    );
  }
}

/** Keys are spread over several servers: this service keeps to one address. */
export class ClusterMode extends StoreError {
  /** @param reply the server's, which names another server */
  constructor(reply: string) {
    super(
      'cluster',
      `Redis runs in cluster mode (it answered: ${reply}), which this service does not follow. Use a database with one ` +
        'address for all keys: turn off the OSS Cluster API (Redis Enterprise), or cluster mode.',
    );
  }
}

export const userKey = (id: UserId): string => `user:${String(id)}`;

/** True when Redis answered, if only to refuse. */
export function isAnswer(error: unknown): boolean {
  return error instanceof ReplyError;
}

/** What a failed command means. @param password of the connection, which the words do not repeat */
export function storeError(error: unknown, password?: string): StoreError {
  if (error instanceof StoreError) return error;
  if (!isAnswer(error)) return new StoreError('silent', 'the connection to Redis was closed', { cause: error });
  const message = withoutEcho((error as Error).message, password);
  if (/^ERR unknown command/i.test(message)) return new JsonModuleMissing();
  // https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#redirection-and-resharding
  // CLUSTERDOWN is not among them: it passes, and a cluster of one server works.
  if (/^(?:MOVED|ASK|CROSSSLOT) /.test(message)) return new ClusterMode(message);
  // WRONGTYPE is Redis's own word, the other RedisJSON's.
  const kind = /^WRONGTYPE|wrong Redis type/i.test(message) ? 'conflict' : 'refused';
  return new StoreError(kind, `Redis refused: ${message}`, { cause: error });
}

/** True when the server is a replica: the name that led to it may belong to another one by now. */
export function isReplica(error: StoreError): boolean {
  return isAnswer(error.cause) && (error.cause as Error).message.startsWith('READONLY');
}
