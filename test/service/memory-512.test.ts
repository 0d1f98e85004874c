/** What clients send and do not read, in the 512 MiB of an instance on Cloud Run: the kernel kills what takes more. */
import { readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryGroupMissing, openMemoryGroup, type MemoryGroup } from '../support/memory-group.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { EXAMPLE } from '../support/redis-outage.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { untilLogged } from '../support/test-processes.ts';
import { openWire, type Wire } from '../support/wire.ts';

const MEBIBYTE = 1024 * 1024;
const LIMIT = MEBIBYTE;
const CLIENTS = 20;
const AT_ONCE = 50;
/** No answer is longer, whatever was sent. */
const LONGEST_ANSWER = 256 * 1024;

/** A body that is as long as one can be. */
function filled(start: string, unit: string, end: string): string {
  return start + unit.repeat(Math.floor((LIMIT - start.length - end.length) / Buffer.byteLength(unit))) + end;
}

const HOSTILE: Readonly<Record<string, string | Buffer>> = {
  'empty objects': filled('[', '{},', '{}]'),
  'floats that are longer when written': filled('{"a":[', '1e15,', '1]}'),
  'one name again and again': filled('{', '"name":"\\u0041",', '"a":1}'),
  'many names': `{${Array.from({ length: LIMIT / 16 }, (_, at) => `"${String(at).padStart(7, '0')}":0`).join()}}`,
  'an error at its end': filled('{"a":"', '李', '"x'),
  'surrogates in UTF-8': Buffer.from(filled('{"name":"', '\xed\xa0\x80 ', '"}').slice(0, LIMIT), 'latin1'),
};

describe.skipIf(memoryGroupMissing !== '')(`the service in 512 MiB${memoryGroupMissing}`, () => {
  let group: MemoryGroup;
  let service: ServiceProcess;
  beforeAll(async () => {
    group = openMemoryGroup(512);
    service = await startService({ REQUEST_TIMEOUT_MS: '5000' }, group);
  });
  afterAll(async () => {
    service.kill();
    await service.exited;
    group.close();
  });

  const put = (body: string | Buffer) =>
    ask(service, '/users/9', { method: 'PUT', body, headers: { 'content-type': 'application/json' } });
  const open = async (count: number): Promise<Wire[]> => {
    const wires = await Promise.all(Array.from({ length: count }, () => openWire(service)));
    for (const wire of wires) wire.pause();
    return wires;
  };
  /** The connections that the service has open. */
  const connections = (): number =>
    readdirSync(`/proc/${String(service.pid)}/fd`).filter((fd) => isSocket(service.pid, fd)).length;
  const expectServed = async (): Promise<void> => {
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    expect((await putUser(service, '3', userText())).status).toBe(200);
  };

  test.each(Object.entries(HOSTILE))('%s: a short answer to everybody who sends that', async (_what, body) => {
    const answers = await Promise.all(Array.from({ length: CLIENTS }, () => put(body)));
    for (const { status, body: answer, headers } of answers) {
      expect([400, 422, 503]).toContain(status);
      expect(headers.get('retry-after')).toBe(status === 503 ? '1' : null);
      expect(answer.length).toBeLessThan(LONGEST_ANSWER);
    }
    await expectServed();
  });

  test('bodies that never end: the largest is refused, and who sends little is served', async () => {
    const wires = await open(100);
    const head = 'PUT /users/9 HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n';
    for (const wire of wires) wire.write(`${head}Content-Length: ${String(LIMIT)}\r\n\r\n${' '.repeat(LIMIT - 1)}`);
    await expectServed();
    for (const wire of wires) wire.resume();
    await expect.poll(() => wires.filter((wire) => wire.read().includes(' 503 ')).length, LONG_WAIT).toBeGreaterThan(0);
    await expectServed();
  });

  test('bodies in chunks of one byte', async () => {
    const wires = await open(4);
    const head = 'PUT /users/9 HTTP/1.1\r\nHost: service\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (const wire of wires) wire.write(head + '1\r\n \r\n'.repeat(LIMIT / 4));
    await expectServed();
    for (const wire of wires) wire.resume();
    await Promise.all(wires.map(({ closed }) => closed));
    await expectServed();
  });

  test('answers that nobody reads: others are served, and the connections are cut', async () => {
    expect((await putUser(service, '9', userText({ name: 'x'.repeat(LIMIT - 200) }))).status).toBe(200);
    const before = connections();
    const wires = await open(100);
    for (const wire of wires) wire.write('GET /users/9 HTTP/1.1\r\nHost: service\r\n\r\n'.repeat(50));
    await expectServed();
    // fetch keeps connections of its own.
    await expect.poll(connections, LONG_WAIT).toBeLessThan(before + 10);
    await expectServed();
  });

  test('requests far ahead of their answers: the connection is cut', async () => {
    const wires = await open(5);
    for (const wire of wires) wire.write('GET /users/9 HTTP/1.1\r\nHost: service\r\n\r\n'.repeat(5000));
    for (const wire of wires) wire.resume();
    await Promise.all(wires.map(({ closed }) => closed));
    await expectServed();
  });

  test.each([
    [
      'headers that never end, on thousands of connections',
      9000,
      `GET /users/1 HTTP/1.1\r\n${`X-1: ${'v'.repeat(1000)}\r\n`.repeat(62)}`,
    ],
    [
      'requests ahead of their answers, on a thousand connections',
      1000,
      'GET /docs HTTP/1.1\r\nHost: service\r\n\r\n'.repeat(600),
    ],
  ])('%s: others are served', async (_what, count, bytes) => {
    const wires = await open(count);
    const packet = Buffer.from(bytes);
    for (const wire of wires) wire.write(packet);
    await expectServed();
    for (const wire of wires) wire.resume();
    await expect.poll(() => wires.filter((wire) => wire.isClosed()).length, LONG_WAIT).toBeGreaterThan(count / 2);
    await expectServed();
  });

  test('users until the memory store is full, small ones and large ones: 507', async () => {
    const large = userText({ name: 'x'.repeat(LIMIT - 200) });
    for (let id = 100; id < 140; id++) expect((await putUser(service, String(id), large)).status).toBe(200);
    expect(await fill(service)).toBeGreaterThan(50_000);
    for (let id = 140; id < 160; id++) expect((await putUser(service, String(id), large)).status).toBe(507);
    await untilLogged(service, /the memory store is full/);
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
  });

  test('it is the process that it was, and nothing of it was killed', async () => {
    expect(group.kills()).toBe(0);
    expect(service.log().filter((line) => /"severity":"(ERROR|CRITICAL)"/.test(line))).toEqual([]);
    expect(await service.stop()).toBe(0);
  });
});

/** Writes small users until one is refused: many in a packet, and fewer than are too many ahead. Resolves with their number. */
async function fill({ url }: ServiceProcess): Promise<number> {
  const { hostname, port } = new URL(url);
  const body = userText();
  const head = `HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n`;
  const socket = connect(Number(port), hostname);
  let sent = 0;
  const sendMore = (): void => {
    const requests = Array.from({ length: AT_ONCE }, () => `PUT /users/${String(1000 + sent++)} ${head}${body}`);
    socket.write(requests.join(''));
  };
  sendMore();
  let due = AT_ONCE;
  for await (const chunk of socket) {
    const text = String(chunk);
    if (text.includes(' 507 ')) break;
    due -= text.split('\r\n\r\ntrue').length - 1;
    if (due > 0) continue;
    due += AT_ONCE;
    sendMore();
  }
  return sent;
}

function isSocket(pid: number, fd: string): boolean {
  try {
    return readlinkSync(`/proc/${String(pid)}/fd/${fd}`).startsWith('socket:');
  } catch {
    return false; // closed meanwhile
  }
}
