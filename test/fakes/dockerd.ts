/**
 * A real dockerd in a directory of its own. Nothing of Docker is imitated, but the set-up relies on:
 * - `dockerd --help` (20.10) for every setting; that the bridge must exist before: libnetwork, setup_device.go.
 * - published ports need no iptables on 127.0.0.1, for the userland proxy listens there (docs.docker.com, "Packet
 *   filtering and firewalls"). So the host's firewall is left alone, and containers have no way out.
 * - a pull that is cut is tried again after 5, 10, 15 and 20 s (distribution/xfer/download.go); here only once.
 * - containerd dies with dockerd (libcontainerd/supervisor, Pdeathsig); containers and their shims do not.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Ends what hangs: a start takes a quarter of a second, on a quick machine. */
const START_LIMIT_MS = 300_000;
const POLL_MS = 20;
const RUNTIME = fileURLToPath(new URL('runc-without-sys-resource.sh', import.meta.url));

/** Debian keeps daemons where only root's PATH leads. */
export const DAEMON_PATH = [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter);

export interface Dockerd {
  /** SIGKILL; resolves when it and its containerd are gone. */
  readonly kill: () => Promise<void>;
  /** SIGTERM: it stops its containers and puts its data in order. Resolves when both are gone. */
  readonly shutDown: () => Promise<void>;
}

export function socketIn(dir: string): string {
  return join(dir, 'docker.sock');
}

/** Takes a quarter of a second. Rejects with the last lines of the log when it does not answer. */
export async function startDockerd(dir: string, bridge: string): Promise<Dockerd> {
  const containerdPid = join(dir, 'exec/containerd/containerd.pid');
  // A killed daemon leaves its pid there, and that number is in use as long as nobody has reaped it.
  await Promise.all([rm(join(dir, 'docker.pid'), { force: true }), rm(containerdPid, { force: true })]);
  await writeFile(join(dir, 'daemon.json'), JSON.stringify(configuration(dir, bridge)));
  const daemon = spawnDaemon(dir);
  await untilReady(dir, daemon);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return;
    const containerd = await readFile(containerdPid, 'utf8');
    daemon.ref();
    daemon.kill(signal);
    await once(daemon, 'exit');
    while (isAlive(containerd.trim())) await pause(POLL_MS);
  };
  return { kill: () => end('SIGKILL'), shutDown: () => end('SIGTERM') };
}

function configuration(dir: string, bridge: string): object {
  return {
    'data-root': join(dir, 'data'),
    'exec-root': join(dir, 'exec'),
    pidfile: join(dir, 'docker.pid'),
    hosts: [`unix://${socketIn(dir)}`],
    bridge,
    iptables: false,
    // Two engines that choose a network at the same moment would not see each other's yet.
    'default-address-pools': [{ base: `10.${String(214 + Math.floor(Math.random() * 40))}.0.0/16`, size: 24 }],
    'max-download-attempts': 1,
    ...(!hasSysResource() && { runtimes: { tests: { path: RUNTIME } }, 'default-runtime': 'tests' }),
  };
}

/** CAP_SYS_RESOURCE is bit 24: linux/capability.h. */
function hasSysResource(): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${bounding}`) & (1n << 24n)) !== 0n;
}

function spawnDaemon(dir: string): ChildProcess {
  const log = openSync(join(dir, 'dockerd.log'), 'a');
  const daemon = spawn('dockerd', ['--config-file', join(dir, 'daemon.json')], {
    detached: true, // Ctrl-C in a terminal reaches every process of the group
    stdio: ['ignore', log, log],
    // dockerd starts itself again for every archive and network; collecting garbage took a third of each start.
    env: { ...process.env, PATH: DAEMON_PATH, GOGC: '400' },
  });
  closeSync(log);
  daemon.unref();
  return daemon;
}

async function untilReady(dir: string, daemon: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await answersPing(socketIn(dir)))) {
    if (daemon.exitCode === null && Date.now() < deadline) {
      await pause(POLL_MS);
      continue;
    }
    const log = await readFile(join(dir, 'dockerd.log'), 'utf8');
    throw new Error(`dockerd does not answer:\n${log.split('\n').slice(-6).join('\n')}`);
  }
}

function answersPing(socketPath: string): Promise<boolean> {
  if (!existsSync(socketPath)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const call = request({ socketPath, path: '/_ping', timeout: 30_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => {
      resolve(false);
    });
    call.end();
  });
}

/** A zombie is as dead as it needs to be. The state follows the name, which may hold anything: proc(5). */
function isAlive(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.at(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return false;
  }
}
