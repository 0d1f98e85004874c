/** The process: settings, store, listen, drain, close. */
import { once } from 'node:events';
import { isIPv4, Server, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { createLog } from './log.ts';
import { readSettings, SettingsError, type Settings } from './settings.ts';
import { memoryStore } from './store/memory-store.ts';
import { JsonModuleMissing } from './store/redis-client.ts';
import { redisStore } from './store/redis-store.ts';
import type { UserStore } from './store/store.ts';

/** What the process tells a parent that started it with an IPC channel. */
export type ServerMessage =
  | {
      readonly event: 'listening';
      /** For this machine. */
      readonly url: string;
      /** For other machines, when it listens on every address of this one. */
      readonly others: readonly string[];
      readonly store: string;
    }
  | { readonly event: 'failed'; readonly exitCode: number; readonly message: string };

/** Keep-alive connections get this long to bring one more request, which is answered with `Connection: close`. */
const IDLE_GRACE_MS = 500;
/** Container platforms kill 10 s after SIGTERM. */
const DRAIN_LIMIT_MS = 9000;

/** What is wrong with LISTEN_HOST, by error code. */
const WRONG_HOST: Readonly<Partial<Record<string, string>>> = {
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not an address of this machine',
  // No name server has answered: the name may be right.
  EAI_AGAIN: 'could not be looked up',
};

/** Every address of this machine, IPv6 first: `::` takes IPv4 too. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['::', '0.0.0.0']);

const startedByParent = process.send !== undefined;
const log = createLog();
// eslint-disable-next-line no-console -- replaced, not called: ioredis warns about settings on the console
console.warn = (text: string) => {
  log.warn(text.replace(/^\[\w+\] /, ''));
};
void main();

async function main(): Promise<void> {
  ignoreUnverifiedTls(process.env);
  try {
    await start(readSettings(process.env), log);
  } catch (error) {
    const { exitCode, message } = explain(error);
    // A parent that listens puts it into words itself.
    if (process.connected) tellParent({ event: 'failed', exitCode, message });
    else log.fatal(message);
    process.exitCode = exitCode;
    if (process.connected) process.disconnect();
  }
}

/** Every certificate is verified (redis-client.ts). Without the variable, Node does not claim the opposite. */
function ignoreUnverifiedTls(env: NodeJS.ProcessEnv): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  delete env['NODE_TLS_REJECT_UNAUTHORIZED'];
  log.warn('NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: the certificate of Redis is always verified');
}

async function start(settings: Settings, log: Logger): Promise<void> {
  // As process 1 of a container nothing else would end it while the start waits for Redis.
  const stopEarly = (): void => process.exit(0);
  process.once('SIGTERM', stopEarly);
  // Redis is reached while the app is built.
  const store = openStore(settings, log);
  const app = buildApp({ settings, store, log, docsAssets: pathToFileURL(`${import.meta.dirname}/static/`) });
  app.addHook('preClose', () => stopListening(app));
  try {
    await Promise.all([store.ready(), app.ready()]);
    const url = await app.listen({ port: settings.port, host: settings.host });
    const { address, port } = app.server.address() as AddressInfo;
    const others = reachableFromOutside(address).map((host) => `http://${host}:${String(port)}`);
    log.info(`listening on ${[url, ...others].join(', ')}`);
    tellParent({ event: 'listening', url, others, store: store.name });
  } catch (error) {
    await store.close();
    throw error;
  }
  process.off('SIGTERM', stopEarly);
  stopOnSignal(app, log);
}

/** Hosts for URLs. @param bound the socket's address, because a host such as `0` or `::0` means every address too */
function reachableFromOutside(bound: string): string[] {
  if (!EVERY_ADDRESS.has(bound)) return [];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return addresses
    .filter(({ internal, address }) => !internal && (isIPv4(address) || (bound === '::' && !isLinkLocal(address))))
    .map(({ address }) => (isIPv4(address) ? address : `[${address}]`));
}

/** They need the name of an interface, which differs from machine to machine. */
function isLinkLocal(address: string): boolean {
  return address.startsWith('fe80:');
}

function openStore({ redis, replyLimits, memoryLimit }: Settings, log: Logger): UserStore {
  if (redis) return redisStore(redis, replyLimits, log);
  log.info('REDISHOST is not set: users are kept in memory and are gone when the service stops');
  return memoryStore({
    limit: memoryLimit,
    full: () => {
      log.warn(
        `the memory store is full (MEMORY_LIMIT is ${String(memoryLimit)} bytes): new and larger users are refused with 507. ` +
          'Raise MEMORY_LIMIT, or keep users in Redis: set REDISHOST',
      );
    },
  });
}

/** http.Server.close() cuts idle keep-alive connections at once, while a client may be writing: they get a grace. */
async function stopListening(app: FastifyInstance): Promise<void> {
  Server.prototype.close.call(app.server);
  await Promise.race([once(app.server, 'close'), sleep(IDLE_GRACE_MS, undefined, { ref: false })]);
  // After a loop that was held up the timer comes before what has arrived meanwhile is read.
  await nextTurn();
}

function stopOnSignal(app: FastifyInstance, log: Logger): void {
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    log.info(`${why}: finishing what is in flight`);
    setTimeout(() => {
      app.server.closeAllConnections();
    }, DRAIN_LIMIT_MS).unref();
    void app.close().then(() => {
      log.info('stopped');
      // Not left to what is still open: the lookup of a name that nobody answers takes many seconds.
      process.exit();
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // Started by a command that is gone: nobody is left who could stop us.
  const parentGone = (): void => {
    stop('the parent process is gone');
  };
  process.on('disconnect', parentGone);
  if (startedByParent && !process.connected) parentGone();
}

function tellParent(message: ServerMessage): void {
  if (process.connected) process.send?.(message);
}

/** The exit codes are redisdemo's: 1 failure, 2 usage, 3 something missing, 4 permission, 5 conflict. */
function explain(error: unknown): { exitCode: number; message: string } {
  if (error instanceof SettingsError) return { exitCode: 2, message: error.message };
  if (error instanceof JsonModuleMissing) return { exitCode: 3, message: error.message };
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return { exitCode: 5, message };
  if (code === 'EACCES') return { exitCode: 4, message };
  const wrongHost = WRONG_HOST[code ?? ''];
  if (wrongHost !== undefined) return { exitCode: 2, message: `LISTEN_HOST ${wrongHost}: ${message}` };
  return { exitCode: 1, message: stack ?? message };
}
