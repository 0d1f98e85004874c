/** A client that speaks byte by byte: for what no HTTP library lets one do. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { LONG_WAIT } from './long-wait.ts';

export interface Wire {
  /** False when the service takes no more for now. */
  write(bytes: string | Buffer): boolean;
  /** What has come so far. */
  read(): string;
  /** Reads nothing until it is resumed: what the operating system has room for may come meanwhile. */
  pause(): void;
  resume(): void;
  /** Resolves with all that came when something in it matches. */
  until(pattern: RegExp): Promise<string>;
  readonly isClosed: () => boolean;
  /** Resolves when the connection is gone, by whatever side and way. */
  readonly closed: Promise<unknown>;
}

/** Connects for the time of one test. */
export async function openWire({ url }: { readonly url: string }): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay(true);
  await once(socket, 'connect');
  onTestFinished(() => {
    socket.destroy();
  });
  const received: Buffer[] = [];
  const read = (): string => Buffer.concat(received).toString('latin1');
  socket.on('data', (bytes) => received.push(bytes));
  socket.on('error', () => undefined); // 'close' follows
  return {
    write: (bytes) => socket.write(bytes),
    read,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    until: async (pattern) => {
      await expect.poll(read, { ...LONG_WAIT, interval: 5 }).toMatch(pattern);
      return read();
    },
    isClosed: () => socket.closed,
    closed: new Promise((resolve) => socket.once('close', resolve)),
  };
}
