/** The smoke test on the service's own app: what it takes for right, and that each check sees the fault it is there for. */
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PUT_BODY, STORED_RECORD } from '../../src/smoke/records.ts';
import { smoke, type SmokeReport } from '../../src/smoke/smoke.ts';
import { httpSystem } from '../../src/systems/net/http.ts';
import { openApp } from '../support/app.ts';
import { startRewritingProxy, type Rewrite, type RewritingProxy } from '../fakes/rewriting-proxy.ts';
import { silentReport } from '../support/silent-report.ts';

const systems = {
  http: httpSystem(),
  redis: { call: () => Promise.reject(new Error('no connection was given')) },
};

let app: FastifyInstance;
let url: string;
const errors: string[] = [];
beforeEach(async () => {
  app = openApp((line) => errors.push(line));
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  await app.close();
  expect(errors).toEqual([]);
});

function run(service: string): Promise<SmokeReport> {
  const { signal } = new AbortController();
  return smoke({ url: service, signal }, systems, { report: silentReport, signal });
}

async function smokeWith(rewrite: Rewrite): Promise<SmokeReport & Pick<RewritingProxy, 'requests'>> {
  const proxy = await startRewritingProxy(url, rewrite);
  const found = await run(proxy.url);
  await proxy.close();
  return { ...found, requests: proxy.requests };
}

async function put(id: number, user: object): Promise<void> {
  const answer = await app.inject({ method: 'PUT', url: `/users/${String(id)}`, payload: user });
  expect(answer.body).toBe('true');
}

const failed = ({ checks }: SmokeReport): string[] =>
  checks.filter(({ outcome }) => outcome === 'failed').map(({ title }) => title);

describe('a right service', () => {
  it('may have edited example users: a note, no failure', async () => {
    await put(2, { ...PUT_BODY, age: 30 });
    const { passed, checks } = await run(url);
    expect(passed).toBe(true);
    expect(checks[1]?.note).toContain('age 30');
  });

  it('may hold another user 4, who is left alone', async () => {
    const other = { ...STORED_RECORD, name: 'Somebody Else' };
    await put(4, other);
    const [first, second] = [await run(url), await run(url)];
    expect([first.passed, second.passed]).toEqual([true, true]);
    expect(first.checks[3]?.note).toBe('holds another record, which is left alone: writing to 40004');
    expect(second.checks.map(({ title }) => title)).toContain("PUT /users/40004 with the tutorial's body");
    expect((await app.inject('/users/4')).json()).toEqual(other);
  });
});

/** Each check sees the fault that it is there for. */
const FAULTS: readonly (readonly [string, Rewrite, string])[] = [
  ['user 1 is missing', on('GET /users/1', 'null'), 'GET /users/1 is Paul John'],
  ['user 3 has no city', on('GET /users/3', '{"name":"Paul Zamir"}'), 'GET /users/3 is Paul Zamir'],
  ['an answer is no JSON', on('GET /users/2', '<html>'), 'GET /users/2 is Eden Zamir'],
  [
    'PUT says false',
    on('PUT /users/4', 'false', ({ status }) => status === 200),
    "PUT /users/4 with the tutorial's body",
  ],
  ['gender stays text', on('GET /users/4', JSON.stringify(PUT_BODY), undefined, 1), 'GET /users/4 gives it back'],
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
    on('GET /users/4', JSON.stringify({ ...STORED_RECORD, age: 0 }), undefined, 2),
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
): Rewrite {
  return (name, count, reply) =>
    name.endsWith(request) && count >= from && when(reply) ? { status: 200, text } : undefined;
}

describe('a wrong service', () => {
  it.each(FAULTS)('%s', async (_fault, rewrite, title) => {
    const found = await smokeWith(rewrite);
    expect(found.passed).toBe(false);
    expect(failed(found)).toContain(title);
    expect(found.checks.find((check) => check.title === title)).toMatchObject({
      expected: expect.any(String) as string,
      got: expect.any(String) as string,
    });
  });

  it('is never written to before it has shown a free id', async () => {
    const found = await smokeWith((name) => (/^GET \/users\/\d+$/.test(name) ? { status: 500, text: '' } : undefined));
    expect(found.passed).toBe(false);
    expect(found.requests.filter((name) => name.startsWith('PUT'))).toEqual([]);
    expect(found.checks.filter(({ outcome }) => outcome === 'not run')).toHaveLength(4);
  });

  it('is described by the title of its page where a front end answers for it, once, and nobody reads HTML', async () => {
    const page = '\n<html><head>\n<title>403\nForbidden</title></head><body><h1>Error: Forbidden</h1></body></html>';
    const found = await smokeWith(() => ({ status: 403, text: page }));
    expect(JSON.stringify(found)).not.toMatch(/<\/?\w/);
    expect(failed(found)).toEqual(['GET /users/1 is Paul John']);
    expect(found.checks[0]?.got).toBe('status 403 with an HTML page, "403 Forbidden"');
    expect(found.requests).toHaveLength(1);
  });
});
