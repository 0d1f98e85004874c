/**
 * A container as a process of this machine.
 *
 * Where each belief comes from:
 * - it must listen on 0.0.0.0 and $PORT, not on 127.0.0.1; PORT, K_SERVICE, K_REVISION and K_CONFIGURATION are set;
 *   SIGTERM, then SIGKILL after 10 s: cloud.google.com/run/docs/container-contract.
 * - its own loopback is not the platform's: here the platform comes over 127.0.0.2 (all of 127/8 is loopback on Linux),
 *   where nobody answers who listens on 127.0.0.1. And 0.0.0.0 becomes 127.0.0.2, so that nothing is open to others.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { freePort } from '../redis-server.ts';
import type { Watchdog } from './watchdog.ts';

export const CONTAINER_HOST = '127.0.0.2';
const EVERYWHERE = ['0.0.0.0', '::'];
const KILL_AFTER_MS = 10_000;

/** What runs: a test may change it, see project.ts. */
export interface Workload {
  readonly command: readonly string[];
  readonly cwd: string;
  /** Without PORT. */
  readonly env: Readonly<Record<string, string>>;
}

interface ContainerOptions {
  readonly workload: Workload;
  /** Names that resolve to another address inside: `{ 'redis.example.com': '127.0.0.1' }`. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly onLine: (channel: 'stdout' | 'stderr', line: string) => void;
  readonly watchdog: Watchdog;
}

export interface Container {
  readonly pid: number;
  readonly port: number;
  /** Undefined while it runs. */
  readonly ended: () => string | undefined;
  /** Resolves when it is gone and its last line was read. */
  readonly gone: Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startContainer({ workload, hosts, onLine, watchdog }: ContainerOptions): Promise<Container> {
  const port = await freePort();
  const [program = '', ...args] = workload.command;
  const isNode = program === 'node';
  const command = isNode ? process.execPath : program;
  const child = spawn(command, isNode ? [...resolver(hosts), ...args] : args, {
    cwd: workload.cwd,
    env: { ...onContainerHost(workload.env), PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let ended: string | undefined;
  const pid = child.pid ?? 0;
  watchdog.watch(pid);
  const read = [readLines(child.stdout, 'stdout', onLine), readLines(child.stderr, 'stderr', onLine)];
  const exit = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      ended =
        code === null ? `Container terminated on signal ${signal ?? ''}.` : `Container called exit(${String(code)}).`;
      resolve();
    });
    child.on('error', ({ message }) => {
      ended = `terminated: Application failed to start: ${message}`;
      resolve();
    });
  });
  const gone = Promise.all([exit, ...read]).then(() => {
    watchdog.forget(pid);
  });
  return {
    pid,
    port,
    ended: () => ended,
    gone,
    stop: async () => {
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      await gone;
      clearTimeout(limit);
    },
  };
}

function onContainerHost(env: Readonly<Record<string, string>>): Record<string, string> {
  const host = env['LISTEN_HOST'] ?? '';
  return { ...env, ...(EVERYWHERE.includes(host) && { LISTEN_HOST: CONTAINER_HOST }) };
}

/** The /etc/hosts of the container: net.connect() asks dns.lookup() anew each time. */
function resolver(hosts: Readonly<Record<string, string>>): string[] {
  if (Object.keys(hosts).length === 0) return [];
  const code = `import dns from 'node:dns';
const hosts = ${JSON.stringify(hosts)};
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(hosts[name] ?? name, ...rest);`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

async function readLines(
  stream: NodeJS.ReadableStream,
  channel: 'stdout' | 'stderr',
  onLine: ContainerOptions['onLine'],
): Promise<void> {
  for await (const line of createInterface({ input: stream })) onLine(channel, line);
}
