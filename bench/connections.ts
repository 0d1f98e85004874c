/** Connections that have made one request and wait, as those of browsers and load balancers do. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Connections {
  /** How many are open now, at both ends. */
  open(): number;
  close(): void;
}

/** So many connect at once: more could overflow the queue of the service's socket. */
const AT_ONCE = 100;
/** What a process needs files for besides these connections. */
const OTHER_FILES = 500;
const REQUEST = 'GET /users/1 HTTP/1.1\r\nHost: service\r\n\r\n';

/** Opens fewer when a process cannot have as many open files (`ulimit -Hn`). */
export async function openConnections(url: string, wanted: number): Promise<Connections> {
  const sockets = new Set<Socket>();
  const count = Math.min(wanted, openFilesLimit() - OTHER_FILES);
  for (let opened = 0; opened < count; opened += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => openConnection(url, sockets));
    await Promise.all(batch);
  }
  return {
    open: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function openConnection(url: string, sockets: Set<Socket>): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  socket.on('error', () => undefined); // it closes too
  socket.write(REQUEST);
  await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined);
  socket.resume(); // or its end would stay unread
}

/** Node raises its limit to the highest that it is allowed. */
function openFilesLimit(): number {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } };
  const limit = Number(userLimits?.open_files?.soft);
  return Number.isNaN(limit) ? Infinity : limit; // it can be the word "unlimited"
}
