/** Commands to a redis-server, one connection for a few of them. */
import { connect } from 'node:net';
import { splitFrames, writeCommand } from '../resp.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

const PATIENCE_MS = 60_000;

/** The replies as they came, without the last line end; errors too, with their minus. Rejects without a connection. */
export function askRedis(
  { host, port }: Address,
  login: Login,
  commands: readonly (readonly string[])[],
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host).setTimeout(PATIENCE_MS);
    const replies: string[] = [];
    socket.on(
      'data',
      splitFrames((frame) => {
        if (replies.push(frame.toString().trimEnd()) <= commands.length) return;
        socket.destroy();
        resolve(replies.slice(1));
      }),
    );
    socket.on('timeout', () => socket.destroy(new Error('redis-server says nothing')));
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('redis-server has closed the connection'));
    });
    const all = [['AUTH', login.user, login.password], ...commands];
    socket.write(Buffer.concat(all.map((words) => writeCommand(...words))));
  });
}
