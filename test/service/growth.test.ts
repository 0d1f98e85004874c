/** Hostile text costs what harmless text of the same length costs. The lint rules of eslint.config.ts hold each pattern. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { openWire } from '../support/wire.ts';
import { cpuTime } from '../support/cpu-time.ts';

/** Close to the limit of node:http for the line and the headers together. */
const LENGTH = 60_000;
/** A pattern that tries again at each character takes a thousand times as long at this length; noise does not. */
const MOST = 25;
const ROUNDS = 4;

/** What makes a pattern repeat a quantifier: runs of one character, ended by one that does not fit. */
const UNITS = ['/', ' ', '\t', '.', '-', '+', '_', '0', ',', ';', '%', '%2F', '%20', '0_', 'a/', '/+json', '\x85'];

interface Place {
  readonly what: string;
  readonly requests: (text: string) => string;
}

const PLACES: readonly Place[] = [
  { what: 'the path', requests: (text) => request('GET', `/${inPath(text)}`) },
  { what: 'the id', requests: (text) => request('GET', `/users/${inPath(text)}`) },
  { what: 'the query', requests: (text) => request('GET', `/users/1/?${inPath(text)}`) },
  ...[
    ['Content-Type', '/users/1'],
    ['X-Forwarded-Proto', '/users/1/'],
    ['Host', '/users/1/'],
    ['Expect', '/users/1'],
  ].map(([name = '', path = '']) => ({
    what: `the header ${name}`,
    requests: (text: string) => request('PUT', path, `${name}: application/x${text}x\r\n`, '{}'),
  })),
  ...['name', 'age', 'height', 'gender'].map((name) => ({
    what: `the field ${name}`,
    requests: (text: string) => request('PUT', '/users/1', JSON_TYPE, JSON.stringify({ [name]: `1${text}x` })),
  })),
  { what: 'the body', requests: (text) => request('PUT', '/users/1', JSON_TYPE, `[${text}x`) },
];

const JSON_TYPE = 'Content-Type: application/json\r\n';

function request(method: string, path: string, headers = '', body = ''): string {
  const host = headers.startsWith('Host:') ? '' : 'Host: service\r\n';
  const length = method === 'PUT' ? `Content-Length: ${String(Buffer.byteLength(body, 'latin1'))}\r\n` : '';
  return `${method} ${path} HTTP/1.1\r\n${host}${headers}${length}Connection: close\r\n\r\n${body}`;
}

function inPath(text: string): string {
  return `${text.replaceAll(/[ \t\x85]/g, encodeURIComponent)}a`;
}

let service: ServiceProcess;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** The least CPU time that the service has needed for it. */
async function cost(bytes: string): Promise<number> {
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuTime(service.pid);
    const wire = await openWire(service);
    wire.write(Buffer.from(bytes, 'latin1'));
    await wire.closed;
    expect(wire.read()).toMatch(/^HTTP\/1\.1 [2-4]\d\d /);
    costs.push(cpuTime(service.pid) - before);
  }
  return Math.min(...costs);
}

test.each(PLACES)('$what: no run of characters costs more than letters do', async ({ requests }) => {
  const room = (unit: string): number => requests(unit.repeat(2)).length - requests(unit).length;
  const times = (unit: string): string => unit.repeat(Math.floor(LENGTH / room(unit)));
  const harmless = Math.max(await cost(requests('a'.repeat(LENGTH))), 1);
  for (const unit of UNITS) expect([unit, (await cost(requests(times(unit)))) / harmless < MOST]).toEqual([unit, true]);
});
