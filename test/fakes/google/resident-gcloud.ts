/**
 * The real gcloud as a program that is loaded once for all calls of a test worker: seven eighths of what a call costs is
 * loading Python modules. How, and that each call is a process of its own, is said in gcloud-server.py.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('gcloud-server.py', import.meta.url));

interface ResidentGcloud {
  /** A PATH on which it comes first. */
  readonly path: string;
  /** SIGKILL to all calls that run, which no variable of theirs gives away. */
  readonly killCalls: () => Promise<void>;
}

let resident: Promise<ResidentGcloud> | undefined;

/** It ends with this process, and its folder goes. */
export function residentGcloud(): Promise<ResidentGcloud> {
  resident ??= start();
  return resident;
}

async function start(): Promise<ResidentGcloud> {
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-gcloud-'));
  // gcloud's launcher takes the arguments of Python apart at spaces; the folder has none.
  const script = join(folder, 'server.py');
  await copyFile(SERVER, script);
  const PATH = process.env['PATH'] ?? '';
  const server = spawn('gcloud', [folder], {
    env: { PATH, HOME: folder, CLOUDSDK_CONFIG: folder, CLOUDSDK_PYTHON_ARGS: `-S ${script}` },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit').then(() => Promise.reject(new Error('gcloud did not start')));
  await Promise.race([once(server.stdout, 'data'), ended]);
  server.unref();
  for (const stream of [server.stdin, server.stdout]) (stream as unknown as { unref: () => void }).unref();
  const pid = String(server.pid);
  return {
    path: [folder, PATH].join(delimiter),
    killCalls: async () => {
      const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
      for (const child of children.split(' ').filter(Boolean)) kill(Number(child));
    },
  };
}

/** Its client was killed too, so it may be gone already. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
