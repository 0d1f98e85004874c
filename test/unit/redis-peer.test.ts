/** Servers that answer where Redis should be. */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { redisSystem } from '../../src/systems/redis/redis.ts';
import { listening } from '../support/sockets.ts';

function ping(port: number, tls = false) {
  return redisSystem().call({ host: '127.0.0.1', port, tls }, ['PING']);
}

/** Says this to everybody, at once. */
const says = (text: string): Server => createServer((socket) => socket.write(text));

/** The greeting of SSH: RFC 4253, 4.2. What memcached says to what it does not know: its doc/protocol.txt, "Error strings". */
it.each<[string, () => Server]>([
  ['a web server', () => createHttpServer((_request, response) => response.end())],
  ['an SSH server', () => says('SSH-2.0-OpenSSH_9.2p1\r\n')],
  ['a memcached server', () => createServer((socket) => socket.on('data', () => socket.write('ERROR\r\n')))],
])('%s is named, with the setting to change', async (name, server) => {
  const port = await listening(server());
  for (const tls of [false, true]) {
    expect(await ping(port, tls)).toEqual({
      kind: 'failed',
      code: 'wrong_peer',
      reason: `127.0.0.1:${String(port)} is ${name}, not Redis`,
      hint: expect.stringMatching(/^Set REDISHOST and REDISPORT /) as string,
    });
  }
});

it.each([
  ['a greeting', '220 mail.example.com ESMTP\r\n'],
  ['bytes', Buffer.alloc(100, 200).toString('latin1')],
  ['arrays in arrays', `${'*1\r\n'.repeat(500_000)}+x\r\n`],
])('what says %s does not speak the Redis protocol', async (_what, text) => {
  const answer = await ping(await listening(says(text)));
  expect(answer).toMatchObject({ code: 'wrong_peer', reason: expect.stringContaining('protocol') as string });
});

it.each<[string, (socket: Socket) => unknown]>([
  ['hangs up', (socket) => socket.destroy()],
  [
    'sends a byte from time to time',
    (socket) => {
      const timer = setInterval(() => socket.write('+'), 300);
      socket.on('close', () => {
        clearInterval(timer);
      });
    },
  ],
])('what %s may be Redis in a moment', async (_what, serve) => {
  expect(await ping(await listening(createServer(serve)))).toMatchObject({ kind: 'failed', transient: true });
});

it('a Redis that sends a byte from time to time is a Redis', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      const rest = '+PONG\r\n'.split('');
      const timer = setInterval(() => {
        socket.write(rest.shift() ?? '');
        if (rest.length === 0) clearInterval(timer);
      }, 100);
      socket.on('close', () => {
        clearInterval(timer);
      });
    });
  });
  expect(await ping(await listening(server))).toEqual({ kind: 'ok', value: 'PONG' });
});

it('an answer without an end is cut off', async () => {
  const server = createServer((socket) => {
    socket.write('$500000000\r\n');
    const more = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
    };
    socket.on('drain', more);
    more();
  });
  const answer = await ping(await listening(server));
  expect(answer).toEqual({ kind: 'failed', reason: 'the answer is larger than 8 MiB', code: 'too_large' });
});

it.each([
  ['-LOADING Redis is loading the dataset in memory', true],
  ['-MASTERDOWN Link with MASTER is down', true],
  ['-WRONGPASS invalid username-password pair or user is disabled.', false],
  ['-NOAUTH Authentication required.', false],
  ["-ERR unknown command 'PING'", false],
])('%s: another try may help: %s', async (line, transient) => {
  const server = createServer((socket) => socket.on('data', () => socket.write(`${line}\r\n`)));
  expect(await ping(await listening(server))).toEqual({ kind: 'failed', reason: line.slice(1), transient });
});
