/** Sends each Redis command over a new connection, limited in time and in bytes. */
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Redis as Client, ReplyError } from 'ioredis';
import type { Connection } from '../../connection.ts';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import type { Redis } from '../../plan/systems.ts';
import { diagnose } from './redis-peer.ts';
import { describeSecret, readSecret, withoutSecrets } from '../files/secrets.ts';
import { isDistrust, readAuthority, VERIFIED } from '../net/tls.ts';

const TIMEOUT_MS = 5000;
/** For the whole call: a server that sends a byte from time to time never hits the other limit. */
const LIMIT_MS = 10_000;
const DISCONNECT_TIMEOUT_MS = 100;
const LIMIT_BYTES = 8 * 1024 * 1024;

/** Transient refusals: Redis loads its data, or waits for its cluster. Any other refusal is final. */
const FOR_THE_MOMENT = /^(?:LOADING|BUSY|TRYAGAIN|MASTERDOWN|CLUSTERDOWN|READONLY|NOREPLICAS|MISCONF)\b/;

/** For messages of the client. */
const PLAIN_WORDS: Readonly<Record<string, string>> = {
  'Command timed out': `no answer within ${String(TIMEOUT_MS / 1000)} s`,
  'connect ETIMEDOUT': `no connection within ${String(TIMEOUT_MS / 1000)} s`,
  'Connection is closed.': 'the connection was closed',
};

export function redisSystem(): Redis {
  return {
    call: async (connection, command) => {
      const client = await open(connection);
      try {
        return await bounded(client, exchange(client, command, connection));
      } finally {
        client.disconnect();
      }
    },
  };
}

async function exchange(
  client: Client,
  [name = '', ...args]: readonly string[],
  connection: Connection,
): Promise<Answer<unknown>> {
  // Events repeat the rejection of the call; without a listener the client prints them.
  let connectError: NodeJS.ErrnoException | undefined;
  client.on('error', (error: NodeJS.ErrnoException) => (connectError = error));
  try {
    await client.connect();
    return ok(await client.call(name, ...args));
  } catch (error) {
    return refusal(connectError ?? (error as NodeJS.ErrnoException), connection);
  }
}

async function refusal(error: NodeJS.ErrnoException, connection: Connection): Promise<Answer<never>> {
  const { code } = error;
  const message = withoutArguments(withoutSecrets(error.message));
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') return absent(message || code);
  if (error instanceof ReplyError && !message.startsWith('DENIED'))
    return failed(await withRemark(message, connection), { transient: FOR_THE_MOMENT.test(message) });
  if (isDistrust(error)) {
    return failed(`the certificate of Redis is not trusted: ${message}`, {
      code: 'not_trusted',
      hint: 'If that Redis is yours, name the authority that signed its certificate: REDISCA_FILE (--redis-ca-file FILE)',
    });
  }
  const found = await diagnose(connection);
  if (found) return failed(found.reason, { code: 'wrong_peer', hint: found.hint });
  return failed(PLAIN_WORDS[message] ?? (message || String(code)), { transient: true });
}

/** For an unknown command, Redis repeats the beginning of each argument: a password may be cut in two. */
function withoutArguments(message: string): string {
  return message.replace(/,? with args beginning with:.*$/s, '');
}

async function bounded(client: Client, work: Promise<Answer<unknown>>): Promise<Answer<unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<Answer<never>>((resolve) => {
    timer = setTimeout(() => {
      resolve(failed(`no complete answer within ${String(LIMIT_MS / 1000)} s`, { transient: true }));
    }, LIMIT_MS);
    client.once('connect', () => {
      client.stream.on('data', () => {
        if (client.stream.bytesRead <= LIMIT_BYTES) return;
        client.stream.destroy();
        resolve(failed(`the answer is larger than ${String(LIMIT_BYTES / 1024 ** 2)} MiB`, { code: 'too_large' }));
      });
    });
  });
  try {
    return await Promise.race([end, work]);
  } finally {
    clearTimeout(timer);
  }
}

async function withRemark(message: string, { password }: Connection): Promise<string> {
  if (password === undefined || !/^(?:WRONGPASS|NOAUTH|ERR AUTH)/.test(message)) return message;
  const remark = await describeSecret(password);
  return remark === undefined ? message : `${message} ${remark}`;
}

async function open(connection: Connection): Promise<Client> {
  const { host, port, user, password, tls } = connection;
  return new Client({
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password && { password: await readSecret(password) }),
    ...(tls && { tls: await tlsOptions(connection) }),
    lazyConnect: true,
    protocol: 2,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    // disconnect() waits this long, even for a connection that has ended.
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
  });
}

/** A server name is a name (RFC 6066, section 3): for an address the certificate is checked without one. */
async function tlsOptions({ host, serverName = host, caFile, ca }: Connection): Promise<ConnectionOptions> {
  const authority = caFile === undefined ? ca : await readAuthority(caFile, '--redis-ca-file');
  return {
    ...VERIFIED,
    ...(isIP(serverName) === 0 && { servername: serverName }),
    ...(authority !== undefined && { ca: authority }),
  };
}
