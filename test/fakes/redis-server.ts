/**
 * A real `redis-server` on this machine: nothing of Redis is imitated here.
 *
 * What it relies on, and where that is said:
 * - `redis-server -` reads its configuration from stdin, so no password is in an argument list: redis.io,
 *   "Redis configuration", and `redis-server --help`.
 * - values in quotes with backslash escapes: sdssplitargs() in src/sds.c reads both the configuration and inline
 *   commands.
 * - a server that loads its data answers -LOADING until it is ready: src/server.c, processCommand().
 */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const HOST = '127.0.0.1';
/** Ends what hangs. */
const READY_LIMIT_MS = 300_000;
const POLL_MS = 10;

/** Why tests that need redis-server are skipped, to stand in their title; empty when it is here. */
export const redisMissing = spawnSync('redis-server', ['--version']).error
  ? ' (SKIPPED: redis-server is not on PATH)'
  : '';

export interface RedisOptions {
  readonly password?: string;
  /** Keep every acknowledged write: append-only file, fsync before each answer. */
  readonly aof?: boolean;
  /** More settings, as arguments: `['--maxmemory', '3mb']`. No secrets: arguments can be seen by all. */
  readonly args?: readonly string[];
  readonly port?: number;
  /** Kept by stop(); without it a temporary one is made and removed. */
  readonly dir?: string;
}

export interface RedisServer {
  readonly host: typeof HOST;
  readonly port: number;
  /** Another one after restart(). */
  readonly pid: number;
  readonly dir: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** The same port and directory; resolves when it answers. */
  restart(): Promise<void>;
  /** Ends it and removes its temporary directory. */
  stop(): Promise<void>;
}

interface Running {
  readonly pid: number;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly kill: () => Promise<void>;
}

type Place = RedisOptions & { readonly port: number; readonly dir: string };

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'redisdemo-redis-')));
  const place = { ...options, dir, port: options.port ?? (await freePort()) };
  const removeDir = async (): Promise<void> => {
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
  };
  let running = await run(place).catch(async (error: unknown) => {
    await removeDir();
    throw error;
  });
  return {
    host: HOST,
    port: place.port,
    get pid() {
      return running.pid;
    },
    dir,
    kill: () => running.kill(),
    pause: () => {
      running.signal('SIGSTOP');
    },
    resume: () => {
      running.signal('SIGCONT');
    },
    restart: async () => {
      await running.kill();
      running = await run(place);
    },
    stop: async () => {
      await running.kill();
      await removeDir();
    },
  };
}

/** Below the range from which the kernel takes ports for outgoing connections. */
const PORTS = { from: 15_000, to: 29_999 };
/** More than test files run at once. Each worker of vitest has ports of its own: nobody takes one between probe and use. */
const WORKERS = 4;
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS;
let turn = Math.floor(Math.random() * PORTS.to);

/** A port that nothing listens on. A worker is given each port once, until it has had all. */
export async function freePort({ from, to } = PORTS): Promise<number> {
  const own = Math.floor((to - from + 1) / WORKERS);
  for (;;) {
    turn += 1;
    const port = from + (turn % own) * WORKERS + worker;
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => {
        resolve(false);
      });
      probe.listen(port, HOST, () => {
        resolve(true);
      });
    });
    if (!free) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

async function run(place: Place): Promise<Running> {
  const child = spawn('redis-server', ['-', ...(place.args ?? [])], { stdio: 'pipe' });
  const gone = once(child, 'close');
  const output: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  await once(child, 'spawn');
  const release = endWithUs(child, place.dir);
  void gone.then(release);
  child.stdin.end(configuration(place));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  try {
    await untilReady(place, child);
  } catch (error) {
    await kill();
    throw new Error(`redis-server is not ready:\n${output.join('')}`, { cause: error });
  }
  return { pid: child.pid ?? 0, signal: (name) => child.kill(name), kill };
}

/**
 * A test runner may end a worker by a signal, where no exit handler runs. The end of its standard input tells this
 * shell that we are gone, whatever the way. Returns what calls it off.
 */
function endWithUs({ pid }: ChildProcessWithoutNullStreams, dir: string): () => void {
  const script = 'read -r _; kill -9 "$0"; case "$1" in */redisdemo-redis-*) rm -rf "$1";; esac';
  const watchdog = spawn('sh', ['-c', script, String(pid), dir], { stdio: ['pipe', 'ignore', 'ignore'] });
  watchdog.unref();
  return () => watchdog.kill('SIGKILL');
}

function configuration({ port, dir, password, aof = false }: Place): string {
  return [
    `port ${String(port)}`,
    `bind ${HOST}`,
    `dir ${JSON.stringify(dir)}`,
    'save ""',
    `appendonly ${aof ? 'yes' : 'no'}`,
    'appendfsync always',
    ...(password === undefined ? [] : [`requirepass ${JSON.stringify(password)}`]),
    '',
  ].join('\n');
}

async function untilReady(place: Place, child: ChildProcessWithoutNullStreams): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  while (!(await answersPing(place))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it has ended');
    if (Date.now() > deadline) throw new Error('it does not answer PING');
    await pause(POLL_MS);
  }
}

async function answersPing({ port, password }: Place): Promise<boolean> {
  const socket = connect(port, HOST).setEncoding('utf8').setTimeout(READY_LIMIT_MS);
  const login = password === undefined ? '' : `AUTH ${JSON.stringify(password)}\r\n`;
  socket.on('timeout', () => socket.destroy());
  try {
    socket.write(`${login}PING\r\nQUIT\r\n`);
    let answer = '';
    for await (const text of socket) answer += String(text);
    return answer.includes('+PONG');
  } catch {
    return false; // nothing listens yet
  } finally {
    socket.destroy();
  }
}
