import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/smoke/smoke.ts';
import { cli, withFolder } from '../cli.ts';
import { startMeddler, type Meddle } from '../fakes/meddler.ts';
import { openTestRedis, testRedisMissing, type TestRedis } from '../fakes/test-redis.ts';
import { startService, type ServiceProcess } from '../service-process.ts';

const RECORD = {
  name: 'Francois Cerbelle',
  email: 'francois@redis.com',
  age: 48,
  city: 'Paris',
  height: 179,
  weight: 84,
  gender: true,
};

let service: ServiceProcess;
beforeAll(async () => (service = await startService()));
afterAll(() => service.stop());

/** The document that `smoke --json` prints: the report is the data, or the details of the error. */
async function smoke(
  url: string,
  env: Record<string, string> = {},
): Promise<{ exitCode: number | undefined; report: SmokeReport }> {
  const { exitCode, stdout } = await cli(['smoke', '--json', '--url', url], { env });
  const document = JSON.parse(stdout) as { ok: boolean; data?: SmokeReport; error?: { details: SmokeReport } };
  const report = document.data ?? document.error?.details;
  if (!report) throw new Error(stdout);
  expect(document.ok).toBe(report.passed);
  return { exitCode, report };
}

const put = (url: string, id: number, user: object): Promise<Response> =>
  fetch(`${url}/users/${String(id)}`, {
    method: 'PUT',
    body: JSON.stringify(user),
    headers: { 'content-type': 'application/json' },
  });

const read = async (url: string, id: number): Promise<unknown> => (await fetch(`${url}/users/${String(id)}`)).json();
const failed = (report: SmokeReport): string[] =>
  report.checks.filter(({ outcome }) => outcome === 'failed').map(({ title }) => title);

describe('a right service', () => {
  it('passes, twice, and holds the record of the tutorial', async () => {
    for (const run of [1, 2]) {
      const { exitCode, report } = await smoke(service.url);
      expect({ run, exitCode, failed: failed(report) }).toEqual({ run, exitCode: 0, failed: [] });
      expect(report.checks).toHaveLength(11);
    }
    expect(await read(service.url, 4)).toEqual(RECORD);
  });

  it('may have edited example users: a note, no failure', async () => {
    const own = await startService();
    await put(own.url, 2, { ...RECORD, age: 30 });
    const { exitCode, report } = await smoke(own.url);
    await own.stop();
    expect(exitCode).toBe(0);
    expect(report.checks[1]?.note).toContain('age 30');
  });

  it('may hold another user 4, who is left alone', async () => {
    const own = await startService();
    const other = { ...RECORD, name: 'Somebody Else' };
    await put(own.url, 4, other);
    const first = await smoke(own.url);
    const second = await smoke(own.url);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(first.report.checks[3]?.note).toBe('holds another record, which is left alone: writing to 40004');
    expect(second.report.checks.map(({ title }) => title)).toContain("PUT /users/40004 with the tutorial's body");
    expect(await read(own.url, 4)).toEqual(other);
    await own.stop();
  });

  it('is described as a table, and as JUnit XML', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'smoke.xml');
      const { exitCode, stdout, stderr } = await cli(['smoke', '--url', service.url, '--junit', file, '--quiet']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^ +check +time +note\n✓ {2}GET \/users\/1 is Paul John +[\d.]+ ms\n/);
      expect(stdout).toMatch(/11 of 11 checks hold at .* \(requests: p50 .*, p95 .*\)\n$/);
      const xml = await readFile(file, 'utf8');
      expect(xml).toContain('tests="11" failures="0" skipped="0"');
      expect(xml.match(/<testcase /g)).toHaveLength(11);
    });
  });
});

/** Each check sees the fault that it is there for. */
const FAULTS: readonly (readonly [string, Meddle, string])[] = [
  ['user 1 is missing', on('GET /users/1', 'null'), 'GET /users/1 is Paul John'],
  ['user 3 has no city', on('GET /users/3', '{"name":"Paul Zamir"}'), 'GET /users/3 is Paul Zamir'],
  ['an answer is no JSON', on('GET /users/2', '<html>'), 'GET /users/2 is Eden Zamir'],
  [
    'PUT says false',
    on('PUT /users/4', 'false', ({ status }) => status === 200),
    "PUT /users/4 with the tutorial's body",
  ],
  [
    'gender stays text',
    on('GET /users/4', JSON.stringify({ ...RECORD, gender: 'True' }), undefined, 1),
    'GET /users/4 gives it back',
  ],
  [
    'an unknown id is an error',
    (name) => (/\/users\/\d{10,}/.test(name) ? { status: 500, text: 'oops' } : undefined),
    'GET of an id never used is null',
  ],
  [
    'an invalid body is taken',
    on('PUT /users/4', 'true', ({ status }) => status === 422),
    'an invalid PUT /users/4 is refused',
  ],
  [
    'an invalid body is stored',
    on('GET /users/4', JSON.stringify({ ...RECORD, age: 0 }), undefined, 2),
    'GET /users/4 is as it was',
  ],
  [
    'a route is not described',
    on('/openapi.json', '{"paths":{"/users/{user_id}":{"get":{}}}}'),
    '/openapi.json describes both routes',
  ],
  ['/docs is another page', on('GET /docs', '<html>Hello</html>'), '/docs serves Swagger UI'],
  [
    'a file of Swagger UI is missing',
    (name) => (name.endsWith('.css') ? { status: 404, text: '' } : undefined),
    '/docs serves Swagger UI',
  ],
];

function on(
  request: string,
  text: string,
  when: (reply: { status: number }) => boolean = () => true,
  from = 0,
): Meddle {
  return (name, count, reply) =>
    name.endsWith(request) && count >= from && when(reply) ? { status: 200, text } : undefined;
}

describe('a wrong service', () => {
  it.each(FAULTS)('%s', async (_fault, meddle, title) => {
    const own = await startService();
    const meddler = await startMeddler(own.url, meddle);
    const { exitCode, report } = await smoke(meddler.url);
    await meddler.close();
    await own.stop();
    expect(exitCode).toBe(7);
    expect(failed(report)).toContain(title);
    expect(report.checks.find((check) => check.title === title)).toMatchObject({
      expected: expect.any(String) as string,
      got: expect.any(String) as string,
    });
  });

  it('is never written to before it has shown a free id', async () => {
    const own = await startService();
    const meddler = await startMeddler(own.url, (name) =>
      /^GET \/users\/\d+$/.test(name) ? { status: 500, text: '' } : undefined,
    );
    const { exitCode, report } = await smoke(meddler.url);
    await meddler.close();
    await own.stop();
    expect(exitCode).toBe(7);
    expect(meddler.requests.filter((name) => name.startsWith('PUT'))).toEqual([]);
    expect(report.checks.filter(({ outcome }) => outcome === 'not run')).toHaveLength(4);
  });

  it('that is not there: exit 7, one failed check, and what to type', async () => {
    const { exitCode, stderr } = await cli(['smoke', '--url', 'http://127.0.0.1:1']);
    expect(exitCode).toBe(7);
    expect(stderr).toContain('redisdemo serve');
  });

  it('that does not come within --wait: exit 6 with the last answer', async () => {
    const { exitCode, stderr } = await cli(['smoke', '--url', 'http://127.0.0.1:1', '--wait', '300ms']);
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/Last answer: .*ECONNREFUSED/);
  });
});

describe.skipIf(testRedisMissing !== '')(`a known connection ${testRedisMissing}`, () => {
  let redis: TestRedis;
  beforeAll(async () => (redis = await openTestRedis()));
  afterAll(() => redis.close());

  it('is asked for the record: the data went where we think', async () => {
    const own = await startService(redis.env);
    const { exitCode, report } = await smoke(own.url, redis.env);
    await own.stop();
    expect({ exitCode, failed: failed(report) }).toEqual({ exitCode: 0, failed: [] });
    expect(report.checks.map(({ title }) => title)).toContain('Redis holds user:4');
  });

  it('shows when the service writes elsewhere', async () => {
    await redis.client.del('user:4');
    const { exitCode, report } = await smoke(service.url, redis.env);
    expect(exitCode).toBe(7);
    expect(failed(report)).toEqual(['Redis holds user:4']);
  });

  it('lets the test take its own record away', async () => {
    const own = await startService(redis.env);
    await put(own.url, 4, { ...RECORD, name: 'Somebody Else' });
    const { exitCode } = await smoke(own.url, redis.env);
    await own.stop();
    expect(exitCode).toBe(0);
    expect(await redis.client.exists('user:40004')).toBe(0);
    expect(await redis.client.exists('user:4')).toBe(1);
  });
});
