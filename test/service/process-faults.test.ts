/** Clients that are slow, or send too much. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ServiceProcess } from '../service-process.ts';
import { EXAMPLE } from './away.ts';
import { ask, getUser, putUser, userText } from './requests.ts';
import { serviceWith } from './started.ts';
import { openWire, type Wire } from './wire.ts';

const REQUEST_TIMEOUT_MS = 1000;
/** The service looks at its connections once a second. */
const CHECK_MS = 1000;
const MARGIN_MS = 2000;
const MEBIBYTE = 1024 * 1024;
const JSON_BODY = { 'content-type': 'application/json' };

/** Sends a byte now and then until the connection is cut; resolves with the time it took. */
async function drip(wire: Wire, byte: string): Promise<number> {
  const begin = performance.now();
  while (!wire.isClosed() && performance.now() - begin < 10 * REQUEST_TIMEOUT_MS) {
    wire.write(byte);
    await Promise.race([pause(100), wire.closed]);
  }
  return performance.now() - begin;
}

describe('a slow client', () => {
  test.each([
    ['headers', 'GET /users/1 HTTP/1.1\r\nHost: service\r\nX-Slow: ', 'x'],
    ['a body', 'PUT /users/1 HTTP/1.1\r\nHost: service\r\nContent-Length: 100000\r\n\r\n', ' '],
    ['a chunked body', 'PUT /users/1 HTTP/1.1\r\nHost: service\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\n \r\n'],
  ])('that drips %s is cut by the request timeout while others are served', async (_what, beginning, byte) => {
    const service = await serviceWith({ REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) });
    const wires = await Promise.all(Array.from({ length: 20 }, () => openWire(service)));
    for (const wire of wires) wire.write(beginning);
    const cut = Promise.all(wires.map((wire) => drip(wire, byte)));
    let served = 0;
    while (!wires.every((wire) => wire.isClosed()) && served < 10_000) {
      expect((await getUser(service, '1')).body).toBe(EXAMPLE);
      served++;
    }
    expect(served).toBeGreaterThan(10);
    const times = await cut;
    expect(Math.min(...times)).toBeGreaterThan(REQUEST_TIMEOUT_MS - 50);
    expect(Math.max(...times)).toBeLessThan(REQUEST_TIMEOUT_MS + CHECK_MS + MARGIN_MS);
    for (const wire of wires) expect(wire.read()).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  test('that only connects costs nothing, and is served when it speaks', async () => {
    const service = await serviceWith();
    const wires = await Promise.all(Array.from({ length: 50 }, () => openWire(service)));
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    for (const wire of wires) {
      wire.write('GET /users/1 HTTP/1.1\r\nHost: service\r\n\r\n');
      expect(await wire.until(/London"}$/)).toMatch(/^HTTP\/1\.1 200 /);
    }
  });
});

async function expectStored(service: ServiceProcess, id: string, body: string): Promise<void> {
  expect((await getUser(service, id)).body).toBe(body);
}

describe('a body that is too large', () => {
  test('of 10 MB: 413 that every client gets to see, and nothing is stored', async () => {
    const service = await serviceWith();
    const body = userText({ name: 'x'.repeat(10 * MEBIBYTE) });
    for (let round = 0; round < 20; round++) {
      const answer = await putUser(service, '9', body);
      expect([answer.status, JSON.parse(answer.body)]).toEqual([413, { detail: 'Request body is too large' }]);
    }
    await expectStored(service, '9', 'null');
  });

  test.each([
    ['with its length', `Content-Length: ${String(10 * MEBIBYTE)}\r\n\r\n`, 'x'.repeat(10 * MEBIBYTE)],
    [
      'in chunks',
      'Transfer-Encoding: chunked\r\n\r\n',
      `${`100000\r\n${'x'.repeat(MEBIBYTE)}\r\n`.repeat(10)}0\r\n\r\n`,
    ],
  ])('sent %s: the connection can be used afterwards', async (_how, header, body) => {
    const service = await serviceWith();
    const wire = await openWire(service);
    wire.write(`PUT /users/9 HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n${header}`);
    wire.write(body);
    wire.write('GET /users/9 HTTP/1.1\r\nHost: service\r\nConnection: close\r\n\r\n');
    await wire.closed;
    expect(wire.read()).toMatch(/^HTTP\/1\.1 413 [^]*}HTTP\/1\.1 200 [^]*\r\n\r\nnull$/);
  });

  test('without an end: cut by the request timeout', async () => {
    const service = await serviceWith({ REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) });
    const wire = await openWire(service);
    wire.write('PUT /users/9 HTTP/1.1\r\nHost: service\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const begin = performance.now();
    while (!wire.isClosed() && performance.now() - begin < 10 * REQUEST_TIMEOUT_MS) {
      for (let burst = 0; burst < 100 && wire.write(chunk); burst++);
      await Promise.race([pause(5), wire.closed]);
    }
    expect(performance.now() - begin).toBeLessThan(REQUEST_TIMEOUT_MS + CHECK_MS + MARGIN_MS);
    expect(wire.read()).toMatch(/^HTTP\/1\.1 413 /);
    await expectStored(service, '1', EXAMPLE);
  });

  test('BODY_LIMIT is the largest body that is taken, counted in bytes', async () => {
    const largest = userText({ name: 'é€😀' });
    const limit = Buffer.byteLength(largest);
    const service = await serviceWith({ BODY_LIMIT: String(limit) });
    expect((await putUser(service, '9', largest)).status).toBe(200);
    expect((await putUser(service, '9', `${largest} `)).status).toBe(413);
    const chunked = (body: string) =>
      ask(service, '/users/10', { method: 'PUT', body: new Blob([body]).stream(), headers: JSON_BODY, duplex: 'half' });
    expect((await chunked(largest)).status).toBe(200);
    expect((await chunked(`${largest} `)).status).toBe(413);
    await expectStored(service, '9', largest);
    await expectStored(service, '10', largest);
  });
});
