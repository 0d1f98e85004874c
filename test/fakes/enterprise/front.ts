/**
 * The port of a database: what the real product's proxy is. Behind it the master shard, with the modules in front.
 *
 * Where each belief comes from:
 * - a database has the commands of its modules only: facts C2. COMMAND INFO knows them: facts A5.
 * - ACL SETUSER and its kin, and all of MODULE but LIST, are not supported: redis/docs,
 *   rs/references/compatibility/commands/server.md. Not known: the words of that refusal.
 * - with tls_mode `enabled` the port speaks TLS only, with the proxy's certificate; enforce_client_authentication, which
 *   is on by default, then wants a client's certificate that the database knows: redis/docs, api/objects/bdb.
 *
 * Unlike the real one: one client is one connection to the shard; the indices of FT.CREATE live here, so they are gone
 * when the database moves to another node; INFO tells the version of the redis-server behind.
 */
import { connect, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { translate as translateJson } from '../json-commands.ts';
import type { Exchange, Translate } from '../redis-proxy.ts';
import { readCommand, splitFrames, writeCommand } from '../resp.ts';
import { withSearch } from '../search-redis.ts';
import { MODULE_COMMANDS, usersOf, type DatabaseUser } from './acl.ts';
import { withCommandInfo } from './command-info.ts';
import { listen, type Listener } from './listener.ts';
import type { ClusterState, Database } from './state.ts';
import type { Address } from './ask-redis.ts';

/** Asked anew for each client, or each command. */
interface Behind {
  readonly database: () => Database | undefined;
  readonly state: () => ClusterState;
  readonly master: () => Address | undefined;
}

export async function openFront(host: string, port: number, behind: Behind): Promise<Listener> {
  const translators = new Map<string, Translate>();
  return listen({ host, port }, (socket) => {
    const database = behind.database();
    const master = behind.master();
    if (database === undefined || master === undefined) {
      socket.resetAndDestroy();
      return;
    }
    const names = database.fields.module_list.map(({ module_name }) => module_name).join();
    const translate = translators.get(names) ?? translatorFor(names);
    translators.set(names, translate);
    onReady(socket, database, behind.state(), (client) => {
      const upstream = connect(master.port, master.host);
      join(
        client,
        upstream,
        userTranslation(translate, () => accountsOf(behind)),
      );
    });
  });
}

/** `use` is called at once, or after a TLS handshake that went well. */
function onReady(
  socket: Socket,
  { fields }: Database,
  { identities }: ClusterState,
  use: (client: Socket) => void,
): void {
  if (fields.tls_mode !== 'enabled') {
    use(socket);
    return;
  }
  const isEnforced = fields.enforce_client_authentication === 'enabled';
  const server = createTlsServer({
    cert: identities.proxy.certificate,
    key: identities.proxy.key,
    requestCert: isEnforced,
    rejectUnauthorized: isEnforced,
    ca: fields.authentication_ssl_client_certs.map(({ client_cert }) => client_cert),
  });
  server.on('secureConnection', use).on('tlsClientError', () => socket.destroy());
  server.emit('connection', socket);
}

function translatorFor(names: string): Translate {
  const modules = names.split(',');
  const plain: Translate = (request) => ({ request, answer: (reply) => reply });
  const json = modules.includes('ReJSON') ? translateJson : plain;
  const both = modules.includes('search') ? withSearch(json) : json;
  return withCommandInfo(both, (command) => {
    if (command.startsWith('json.')) return modules.includes('ReJSON');
    return command in MODULE_COMMANDS && modules.includes('search');
  });
}

function accountsOf({ database, state }: Behind): readonly DatabaseUser[] {
  const current = database();
  return current === undefined ? [] : usersOf(current, state());
}

/** Commands that this product does not have, and those that a user may not call, are refused here. */
function userTranslation(translate: Translate, accounts: () => readonly DatabaseUser[]): Translate {
  const current = { name: 'default' };
  return (frame) => {
    const [command = '', sub] = readCommand(frame).slice(0, 2).map(String);
    const called = command.toLowerCase();
    if (isUnsupported(called, sub?.toLowerCase())) return refusal(`-ERR unknown command '${command}'\r\n`);
    if (called === 'auth' || called === 'hello') return login(translate(frame), frame, current);
    const account = accounts().find(({ name }) => name === current.name);
    const isRefused = called in MODULE_COMMANDS ? account?.modules.has(called) === false : account?.refused.has(called);
    if (isRefused !== true) return translate(frame);
    return refusal(`-NOPERM this user has no permissions to run the '${called}' command\r\n`);
  };
}

/** The name counts at once, for commands may follow before the reply, and goes back when the reply is a refusal. */
function login(exchange: Exchange, frame: Buffer, account: { name: string }): Exchange {
  const [command = '', ...args] = readCommand(frame).map(String);
  const before = account.name;
  if (command.toLowerCase() === 'auth') account.name = args.length > 1 ? (args[0] ?? '') : 'default';
  else if (args[1]?.toLowerCase() === 'auth') account.name = args[2] ?? '';
  return {
    request: exchange.request,
    answer: (reply) => {
      if (reply.toString('latin1', 0, 1).startsWith('-')) account.name = before;
      return exchange.answer(reply);
    },
  };
}

function isUnsupported(command: string, sub: string | undefined): boolean {
  if (command === 'module') return sub !== 'list';
  if (command === 'acl') return ['setuser', 'deluser', 'load', 'save', 'log'].includes(sub ?? '');
  return ['shutdown', 'replicaof', 'slaveof', 'debug', 'save', 'bgsave', 'bgrewriteaof', 'failover'].includes(command);
}

/** An answer of our own keeps its place among the others: the server is asked too. */
function refusal(words: string): Exchange {
  return {
    request: writeCommand('PING'),
    answer: (reply) => (reply.toString().startsWith('-NOAUTH') ? reply : Buffer.from(words)),
  };
}

/** Replies come in the order of the requests. */
function join(client: Socket, upstream: Socket, translate: Translate): void {
  const waiting: Exchange['answer'][] = [];
  const onRequest = splitFrames((frame) => {
    const { request, answer } = translate(frame);
    waiting.push(answer);
    upstream.write(request);
  });
  const onReply = splitFrames((frame) => {
    client.write(waiting.shift()?.(frame) ?? frame);
  });
  client.on('data', onRequest);
  upstream.on('data', onReply);
  client.setNoDelay(true);
  upstream.setNoDelay(true);
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => undefined); // 'close' follows
    one.on('close', () => other.destroy());
  }
}
