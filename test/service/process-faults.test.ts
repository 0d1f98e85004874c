/** Clients that are slow, or send too much. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { EXAMPLE } from '../support/redis-outage.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { serviceWith } from '../support/test-processes.ts';
import { openWire, type Wire } from '../support/wire.ts';

/** Long enough for the request of a client that is as slow as its machine. */
const REQUEST_TIMEOUT_MS = 3000;
const MEBIBYTE = 1024 * 1024;
const JSON_BODY = { 'content-type': 'application/json' };

/** Of all defaults. */
let service: ServiceProcess;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** Sends a byte now and then until the connection is cut. */
async function drip(wire: Wire, byte: string): Promise<void> {
  while (!wire.isClosed()) {
    wire.write(byte);
    await Promise.race([pause(100), wire.closed]);
  }
}

describe('a slow client', () => {
  test('that drips headers or a body is cut by the request timeout while others are served', async () => {
    const limited = await serviceWith({ REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) });
    const kinds = [
      ['GET /users/1 HTTP/1.1\r\nHost: service\r\nX-Slow: ', 'x'],
      ['PUT /users/1 HTTP/1.1\r\nHost: service\r\nContent-Length: 100000\r\n\r\n', ' '],
      ['PUT /users/1 HTTP/1.1\r\nHost: service\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\n \r\n'],
    ] as const;
    const open = (beginning: string, count: number): Promise<Wire[]> =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const wire = await openWire(limited);
          wire.write(beginning);
          return wire;
        }),
      );
    const silent = (await Promise.all(kinds.map(([beginning]) => open(beginning, 1)))).flat();
    const dripping = await Promise.all(
      kinds.map(async ([beginning, byte]) => ({ byte, wires: await open(beginning, 20) })),
    );
    const drippers = dripping.flatMap(({ wires }) => wires);
    const cut = Promise.all(dripping.flatMap(({ byte, wires }) => wires.map((wire) => drip(wire, byte))));
    let served = 0;
    while (!drippers.every((wire) => wire.isClosed())) {
      expect((await getUser(limited, '1')).body).toBe(EXAMPLE);
      if (drippers.every((wire) => !wire.isClosed())) served++;
      await pause(50);
    }
    expect(served).toBeGreaterThan(0);
    await cut;
    // The answer is lost with the connection when a byte is under way to the service that has closed it.
    for (const wire of drippers) expect(wire.read()).toMatch(/^(HTTP\/1\.1 408 |$)/);
    await Promise.all(silent.map((wire) => wire.closed));
    for (const wire of silent) expect(wire.read()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('that only connects costs nothing, and is served when it speaks', async () => {
    const wires = await Promise.all(Array.from({ length: 50 }, () => openWire(service)));
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    for (const wire of wires) wire.write('GET /users/1 HTTP/1.1\r\nHost: service\r\n\r\n');
    for (const wire of wires) expect(await wire.until(/London"}$/)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

async function expectStored(place: ServiceProcess, id: string, body: string): Promise<void> {
  expect((await getUser(place, id)).body).toBe(body);
}

describe('a body that is too large', () => {
  test('of 10 MB: 413 that every client gets to see, and nothing is stored', async () => {
    const body = userText({ name: 'x'.repeat(10 * MEBIBYTE) });
    for (let round = 0; round < 10; round++) {
      const answer = await putUser(service, '9', body);
      expect([answer.status, JSON.parse(answer.body)]).toEqual([413, { detail: 'Request body is too large' }]);
    }
    await expectStored(service, '9', 'null');
  });

  test.each([
    ['with its length', `Content-Length: ${String(10 * MEBIBYTE)}\r\n\r\n`, () => 'x'.repeat(10 * MEBIBYTE)],
    [
      'in chunks',
      'Transfer-Encoding: chunked\r\n\r\n',
      () => `${`100000\r\n${'x'.repeat(MEBIBYTE)}\r\n`.repeat(10)}0\r\n\r\n`,
    ],
  ])('sent %s: the connection can be used afterwards', async (_how, header, body) => {
    const wire = await openWire(service);
    wire.write(`PUT /users/9 HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n${header}`);
    wire.write(body());
    wire.write('GET /users/9 HTTP/1.1\r\nHost: service\r\nConnection: close\r\n\r\n');
    await wire.closed;
    expect(wire.read()).toMatch(/^HTTP\/1\.1 413 [^]*}HTTP\/1\.1 200 [^]*\r\n\r\nnull$/);
  });

  test('without an end: cut by the request timeout', async () => {
    const limited = await serviceWith({ REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) });
    const wire = await openWire(limited);
    wire.write('PUT /users/9 HTTP/1.1\r\nHost: service\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    while (!wire.isClosed()) {
      for (let burst = 0; burst < 20 && wire.write(chunk); burst++);
      await Promise.race([pause(20), wire.closed]);
    }
    expect(wire.read()).toMatch(/^HTTP\/1\.1 413 /);
    await expectStored(limited, '1', EXAMPLE);
  });

  test('BODY_LIMIT is the largest body that is taken, counted in bytes', async () => {
    const largest = userText({ name: 'é€😀' });
    const limit = Buffer.byteLength(largest);
    const limited = await serviceWith({ BODY_LIMIT: String(limit) });
    expect((await putUser(limited, '9', largest)).status).toBe(200);
    expect((await putUser(limited, '9', `${largest} `)).status).toBe(413);
    const chunked = (body: string) =>
      ask(limited, '/users/10', { method: 'PUT', body: new Blob([body]).stream(), headers: JSON_BODY, duplex: 'half' });
    expect((await chunked(largest)).status).toBe(200);
    expect((await chunked(`${largest} `)).status).toBe(413);
    await expectStored(limited, '9', largest);
    await expectStored(limited, '10', largest);
  });
});
