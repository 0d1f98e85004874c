import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { execa } from 'execa';
import type { Ports } from '../../plan/systems.ts';

const LISTEN_STATE = '0A';

export function portSystem(): Ports {
  return { owner: process.platform === 'linux' ? linuxOwner : lsofOwner, free: isFree, find: findFree };
}

/** A program on 0.0.0.0 or :: takes the port of 127.0.0.1 too, yet some systems still let it be bound. */
async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) if (!(await canListen(port, host))) return false;
  return true;
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen({ port, host, exclusive: true, ipv6Only: host === '::' }), 'listening');
    server.close();
    return true;
  } catch (error) {
    // Other errors (such as no IPv6) do not mean that the port is taken.
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  }
}

async function findFree(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html: which socket listens, then who holds it. */
async function linuxOwner(port: number): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const rows = await readFile(file, 'utf8').catch(() => '');
    for (const row of rows.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
      const listens = state === LISTEN_STATE && parseInt(local.split(':')[1] ?? '', 16) === port;
      if (listens && inode !== undefined) inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // Other users' processes cannot be read; then the owner stays unknown.
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const handle of handles) {
      const target = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => '');
      if (inodes.has(target)) return `${await programName(pid)} (pid ${pid})`;
    }
  }
  return undefined;
}

/** Only the first word: a password may follow. */
async function programName(pid: string): Promise<string> {
  const [program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return basename(program);
}

async function lsofOwner(port: number): Promise<string | undefined> {
  const { stdout } = await execa('lsof', ['-nP', `-iTCP:${String(port)}`, '-sTCP:LISTEN', '-Fpc'], { reject: false });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : `${name ?? 'a process'} (pid ${pid})`;
}
