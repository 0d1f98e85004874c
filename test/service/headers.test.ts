/** Headers and methods as proxies and probes send them. */
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from '../support/replay.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { ask, userText } from '../support/user-requests.ts';
import { logged, serviceWith } from '../support/test-processes.ts';
import { openWire } from '../support/wire.ts';

let service: ServiceProcess;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('HEAD /health has the status and the headers of GET, and no body; /users stays as the original', async () => {
  const [get, head] = [await ask(service, '/health'), await ask(service, '/health', { method: 'HEAD' })];
  expect([head.status, head.body]).toEqual([200, '']);
  expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
  expect((await ask(service, '/users/1', { method: 'HEAD' })).status).toBe(405);
  const away = await serviceWith({ REDISHOST: '127.0.0.1', REDISPORT: '1' });
  const unhealthy = await ask(away, '/health', { method: 'HEAD' });
  expect([unhealthy.status, unhealthy.body]).toEqual([503, '']);
});

test.each([
  ['https', 'https'],
  ['HTTPS', 'https'],
  ['https,http', 'https'],
  [' Https , http', 'https'],
  ['http,https', 'http'],
  ['ftp', 'http'],
  ['', 'http'],
])('X-Forwarded-Proto: "%s" redirects to %s', async (forwarded, protocol) => {
  const headers = { 'X-Forwarded-Proto': forwarded, Host: 'example.com' };
  const { status, location } = await send(service.url, { method: 'GET', path: '/users/1/', headers });
  expect([status, location]).toEqual([307, `${protocol}://example.com/users/1`]);
});

test.each([
  ['', 200],
  [' ', 200],
  [', ,', 200],
  ['100-continue', 200],
  ['200-maybe', 417],
])('Expect: "%s" is answered %d', async (expectation, status) => {
  const wire = await openWire(service);
  const body = userText();
  wire.write(`PUT /users/7 HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\nExpect: ${expectation}\r\n`);
  wire.write(`Content-Length: ${String(body.length)}\r\nConnection: close\r\n\r\n${body}`);
  await wire.closed;
  expect(wire.read()).toContain(`HTTP/1.1 ${String(status)} `);
});

/** In the order in which the service names them. */
const OUTSIDE = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address);

test.each(['0.0.0.0', '0'])('on every address (%s): the log names those that other machines reach', async (host) => {
  const everywhere = await serviceWith({ LISTEN_HOST: host });
  expect(everywhere.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const { port } = new URL(everywhere.url);
  const named = OUTSIDE.map((address) => `, http://${address}:${port}`).join('');
  expect(logged(everywhere, /^listening/)[0]?.message).toBe(`listening on ${everywhere.url}${named}`);
});
