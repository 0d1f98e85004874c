/** Servers that repeat what they were sent: no secret comes back from them onto a screen or into a log. */
import { listening } from '../support/sockets.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { callSystem } from '../../src/systems/calls/calls.ts';
import { httpSystem } from '../../src/systems/net/http.ts';
import { redisSystem } from '../../src/systems/redis/redis.ts';
import { cli } from '../support/cli.ts';
import { readCommand, splitFrames } from '../fakes/resp.ts';
import { freePort, redisMissing, startRedis } from '../fakes/redis-server.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { startService } from '../support/service-process.ts';

/** JSON and URLs write its quote and its percent sign in another way. */
const SECRET = 'c4nary "100%" secret';
const BASIC = Buffer.from(`admin:${SECRET}`).toString('base64');

let folder = '';
let file = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redisdemo-repeated-'));
  file = join(folder, 'password');
  writeFileSync(file, `${SECRET}\n`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** @param answer to each command, given the password of the connection */
async function redis(answer: (words: readonly string[], password: string) => string): Promise<number> {
  const server = createServer((socket) => {
    let password = '';
    const reply = splitFrames((frame) => {
      const words = readCommand(frame).map(String);
      if (words[0]?.toUpperCase() === 'AUTH') password = words.at(-1) ?? '';
      socket.write(`${answer(words, password)}\r\n`);
    });
    socket.on('data', reply);
  });
  return listening(server);
}

const isLogin = ([name = '']: readonly string[]): boolean => name.toUpperCase() === 'AUTH';

const SERVERS: readonly (readonly [string, (words: readonly string[], password: string) => string])[] = [
  [
    // redis/redis, src/server.c, processCommand(): 128 characters of all arguments together
    'does not know AUTH',
    ([name = '', ...words]) =>
      `-ERR unknown command '${name}', with args beginning with: '${words.join("' '").slice(0, 12)}`,
  ],
  ['refuses the login', (_words, password) => `-WRONGPASS ${password} is wrong`],
  ['refuses every command later', (words, password) => (isLogin(words) ? '+OK' : `-ERR you are ${password}`)],
];

describe('a Redis that repeats the password', () => {
  it.each(SERVERS)('and %s', async (_what, answer) => {
    const port = await redis(answer);
    const read = await redisSystem().call({ host: '127.0.0.1', port, tls: false, password: { file } }, ['PING']);
    expect(read).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/unknown|WRONGPASS|ERR/) as string });
    expect(JSON.stringify(read)).not.toContain('c4nary');

    const service = await startService({ REDISHOST: '127.0.0.1', REDISPORT: String(port), REDISPASS_FILE: file });
    onTestFinished(async () => {
      await service.stop();
    });
    await fetch(`${service.url}/users/1`);
    await vi.waitFor(() => {
      expect(service.output()).toMatch(/"reason":"[^"]*(?:unknown|WRONGPASS|ERR)/);
    }, LONG_WAIT);
    expect(service.output()).not.toContain('c4nary');
  });
});

const BODIES: readonly (readonly [string, number, (words: string) => string])[] = [
  ['in an error', 400, (words) => JSON.stringify({ error_code: words, description: words })],
  ['where an error is cut off', 500, (words) => JSON.stringify({ description: `${'x'.repeat(495)}${words}` })],
  ['in the title of a page', 502, (words) => `<title>${words}</title>`],
  ['in a text that is no JSON', 200, (words) => words],
  ['in JSON of another form', 200, (words) => JSON.stringify({ words })],
  ['in a refused login', 401, (words) => JSON.stringify({ error_code: words, message: words })],
];

describe('a REST API that repeats the request', () => {
  const repeat =
    (status: number, bodyOf: (words: string) => string): RequestListener =>
    (request, response) => {
      let body = '';
      request
        .on('data', (part: Buffer) => (body += part.toString()))
        .on('end', () => {
          const { password = '' } = JSON.parse(body || '{}') as { password?: string };
          const { authorization = '' } = request.headers;
          response.writeHead(status).end(bodyOf(`${password} ${encodeURIComponent(password)} ${authorization}`));
        });
    };

  it.each(BODIES)('%s', async (_where, status, bodyOf) => {
    const port = await listening(createHttpServer(repeat(status, bodyOf)));
    const api = {
      url: `http://127.0.0.1:${String(port)}`,
      user: 'admin',
      password: { file },
      trust: { kind: 'system' },
    } as const;
    const body = { password: { $secret: { file } } };
    const question = { call: { api, method: 'POST', path: '/v1/users', body }, select: '.[0].name' } as const;
    const answer = await callSystem(httpSystem({}))
      .ask(question, new AbortController().signal)
      .catch((error: unknown) => ({ ...(error as object), reason: (error as Error).message }));
    expect(answer).toHaveProperty('reason', expect.stringContaining('***'));
    expect(JSON.stringify(answer)).not.toMatch(/c4na/);
    expect(JSON.stringify(answer)).not.toContain(BASIC.slice(0, 12));
  });
});

it.skipIf(redisMissing !== '')(
  `a password that Redis does not ask for is mentioned in the log, not beside it${redisMissing}`,
  async () => {
    const server = await startRedis({});
    onTestFinished(() => server.stop());
    const env = { REDISHOST: server.host, REDISPORT: String(server.port), REDISPASS: SECRET };
    const { stderr } = await cli(['serve', '--port', String(await freePort())], { env });
    const lines = stderr.split('\n').filter((line) => line.includes('does not require a password'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ severity: 'WARNING' });
  },
);
