/** Answers that clients have not read yet: how much memory they can take, and for how long. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The operating system takes a shorter answer at once, unless others wait before it. */
export const COUNTED_FROM = 16_384;
/** What answers that were not read yet can take together. */
const TOGETHER = 64 * 1024 * 1024;
const CHECK_MS = 1000;

/** To be called for an answer of so many bytes on a connection, before it is sent. */
export type WatchUnread = (response: ServerResponse, socket: Socket, bytes: number) => void;

/** What one connection has not read, and since when it has read nothing to its end. */
interface Unread {
  bytes: number;
  readonly since: number;
}

/** Cuts connections that read no answer within the limit; when all take too much memory, the one that waits longest. */
export function unreadAnswers(limitMs: number): WatchUnread {
  // In the order of their times.
  const unread = new Map<Socket, Unread>();
  let held = 0;
  let timer: NodeJS.Timeout | undefined;

  const forget = (socket: Socket): void => {
    held -= unread.get(socket)?.bytes ?? 0;
    unread.delete(socket);
  };
  const cut = (socket: Socket): void => {
    forget(socket);
    socket.destroy();
  };
  const settle = (socket: Socket, bytes: number): void => {
    const left = (unread.get(socket)?.bytes ?? 0) - bytes;
    forget(socket);
    if (left <= 0 || socket.destroyed) return;
    unread.set(socket, { bytes: left, since: performance.now() });
    held += left;
  };
  const check = (): void => {
    for (const [socket, { since }] of unread) {
      if (socket.destroyed || performance.now() - since >= limitMs) cut(socket);
    }
    timer = unread.size === 0 ? undefined : setTimeout(check, CHECK_MS).unref();
  };

  return (response, socket, bytes) => {
    if (socket.destroyed) return;
    const entry = unread.get(socket);
    if (entry) entry.bytes += bytes;
    else unread.set(socket, { bytes, since: performance.now() });
    held += bytes;
    response.once('close', () => {
      settle(socket, bytes);
    });
    for (const longest of unread.keys()) {
      if (held <= TOGETHER) break;
      cut(longest);
    }
    timer ??= setTimeout(check, CHECK_MS).unref();
  };
}
