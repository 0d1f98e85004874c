/**
 * The built service as a child process, as a container or `redisdemo deploy local` runs it. It stops by itself when we
 * are gone: the IPC channel tells it.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ServerMessage } from '../../service/src/server.ts';
import type { MemoryGroup } from './memory-group.ts';
import { LONG_WAIT } from './long-wait.ts';

const SERVER = fileURLToPath(new URL('../../dist/service/server.js', import.meta.url));
const START_LIMIT_MS = LONG_WAIT.timeout;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServiceProcess {
  /** Without a slash at its end. */
  readonly url: string;
  /** What the service calls its store: `memory` or `redis`. */
  readonly store: string;
  readonly pid: number;
  /** The lines on stdout so far. */
  log(): string[];
  /** All output so far: stdout, then stderr. */
  output(): string;
  /** SIGTERM; resolves with the exit code, null when a signal ended it. */
  stop(): Promise<number | null>;
  kill(): void;
  /** Closes the IPC channel, as the death of the parent does. */
  disconnect(): void;
  /** Resolves when the process is gone and all its output was read. */
  readonly exited: Promise<Exit>;
}

interface FailedStart {
  readonly exitCode: number | null;
  /** What the service told its parent; empty when it told nothing. */
  readonly message: string;
  /** stdout and stderr. */
  readonly output: string;
}

type Environment = Readonly<Record<string, string>>;

interface Child {
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  /** The first word of the service, or its end without one. */
  readonly outcome: Promise<ServerMessage | Exit>;
  readonly stdout: () => string;
  readonly output: () => string;
}

/**
 * Starts the service on a free port with no other variables than these, in a memory group if there is one. Rejects when it
 * does not listen.
 */
export async function startService(env: Environment = {}, group?: MemoryGroup): Promise<ServiceProcess> {
  const child = spawnService(env, group);
  const { pid } = child.process;
  const message = await outcomeOf(child);
  if (!('event' in message) || message.event !== 'listening' || pid === undefined) {
    child.process.kill('SIGKILL');
    throw new Error(`the service did not listen:\n${child.output()}`);
  }
  return {
    url: message.url,
    store: message.store,
    pid,
    log: () => child.stdout().split('\n').slice(0, -1),
    output: child.output,
    stop: async () => {
      child.process.kill('SIGTERM');
      return (await child.exited).code;
    },
    kill: () => {
      child.process.kill('SIGKILL');
    },
    disconnect: () => {
      child.process.disconnect();
    },
    exited: child.exited,
  };
}

/** Starts the service where it must refuse to start. Rejects when it listens. */
export async function failService(env: Environment): Promise<FailedStart> {
  const child = spawnService(env);
  const message = await outcomeOf(child);
  if ('event' in message && message.event === 'listening') {
    child.process.kill('SIGKILL');
    throw new Error(`the service listens on ${message.url}, but should have failed`);
  }
  const { code } = await child.exited;
  return { exitCode: code, message: 'event' in message ? message.message : '', output: child.output() };
}

function spawnService(env: Environment, group?: MemoryGroup): Child {
  const child = fork(SERVER, {
    env: { PORT: '0', ...env },
    // Node finds its limits when it starts, so it has to start inside the group.
    ...(group && { execPath: '/bin/sh' }),
    execArgv: group ? ['-c', 'echo $$ >"$0" && exec "$1" "$2"', group.procs, process.execPath] : [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => err.push(text));
  const exited = endOf(child);
  const firstWord = new Promise<ServerMessage>((resolve) => {
    child.once('message', (message) => {
      resolve(message as ServerMessage);
    });
  });
  return {
    process: child,
    exited,
    outcome: Promise.race([firstWord, exited]),
    stdout: () => out.join(''),
    output: () => out.join('') + err.join(''),
  };
}

/** Not the 'close' event of the process: after our own disconnect() it does not come. */
async function endOf(child: ChildProcess): Promise<Exit> {
  const exit = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  // The last message of the child comes before the channel closes.
  await Promise.all([once(child, 'disconnect'), closed(child.stdout), closed(child.stderr)]);
  return exit;
}

async function closed(stream: Readable | null): Promise<void> {
  if (stream !== null && !stream.closed) await once(stream, 'close');
}

async function outcomeOf({ process: child, outcome, output }: Child): Promise<ServerMessage | Exit> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the service said nothing for ${String(START_LIMIT_MS)} ms:\n${output()}`));
    }, START_LIMIT_MS);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(limit);
  }
}
