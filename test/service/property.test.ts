/** What holds for every request, however hostile. */
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson, type Json } from '../../service/src/text/json.ts';
import { anyText } from '../support/arbitrary-text.ts';
import { openApp } from '../support/app.ts';
import { hostileRequest, type HostileRequest } from '../support/hostile-request.ts';
import { send, type Answer } from '../support/replay.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';

type Respond = (request: HostileRequest) => Promise<Pick<Answer, 'status' | 'contentType' | 'text'>>;

/** Everything else would be a fault of ours. */
const STATUSES = [200, 307, 400, 404, 405, 413, 422];
const JSON_TYPE = 'application/json';

function put(path: string, body: string): HostileRequest {
  return { method: 'PUT', path, contentType: JSON_TYPE, body: Buffer.from(body) };
}

function get(path: string): HostileRequest {
  return { method: 'GET', path, contentType: undefined, body: undefined };
}

const text = anyText();
const float = fc.double({ noNaN: true, noDefaultInfinity: true });
const user = fc.record({
  name: text,
  email: text,
  age: fc.bigInt(),
  city: text,
  height: float,
  weight: float,
  gender: fc.option(fc.boolean()),
});

function textOf(input: string | bigint | number | boolean | null): string {
  if (typeof input === 'string') return JSON.stringify(input);
  return Object.is(input, -0) ? '-0.0' : String(input);
}

interface Runs {
  /** Of requests of any kind. */
  readonly any: number;
  /** Of hostile bodies for one user. */
  readonly bodies: number;
  /** Of valid users. */
  readonly users: number;
}

function answersEverything(respond: Respond, runs: Runs): void {
  it('no request gets a 5xx, and /users answers JSON', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (request) => {
        const { status, contentType, text: answer } = await respond(request);
        expect(STATUSES).toContain(status);
        if (request.method === 'HEAD' || status === 307) expect(answer).toBe('');
        else if (contentType === JSON_TYPE) expect(() => JSON.parse(answer) as unknown).not.toThrow();
        // Dots in a path are resolved on the way: `/./docs` is a page of /docs too.
        else expect(request.path).toMatch(/docs/);
      }),
      { numRuns: runs.any },
    );
  });

  it('a refused PUT stores nothing, an accepted one the seven fields', async () => {
    let before = (await respond(get('/users/77'))).text;
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (request) => {
        const answer = await respond({ ...request, method: 'PUT', path: '/users/77' });
        const after = (await respond(get('/users/77'))).text;
        if (answer.status === 200) {
          expect(answer.text).toBe('true');
          expect(Object.keys(JSON.parse(after) as object).join()).toBe('name,email,age,city,height,weight,gender');
        } else expect(after).toBe(before);
        before = after;
      }),
      { numRuns: runs.bodies },
    );
  });

  it('a valid user comes back as it was sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(), user, async (id, fields) => {
        const members = Object.entries(fields).map(([name, input]) => `${JSON.stringify(name)}:${textOf(input)}`);
        const path = `/users/${id.toString()}`;
        expect(await respond(put(path, `{${members.join(',')}}`))).toMatchObject({ status: 200, text: 'true' });
        const { status, text: document } = await respond(get(path));
        expect(status).toBe(200);
        expect(parseJson(document)).toStrictEqual(new Map<string, Json>(Object.entries(fields)));
      }),
      { numRuns: runs.users },
    );
  });
}

describe('the app, over the memory store', () => {
  let app: FastifyInstance;
  const errors: string[] = [];
  beforeAll(() => {
    app = openApp((line) => errors.push(line));
  });
  afterAll(() => app.close());

  answersEverything(
    async ({ method, path, contentType, body }) => {
      const response = await app.inject({
        method,
        url: path,
        headers: contentType === undefined ? {} : { 'content-type': contentType },
        ...(body && { payload: body }),
      });
      const [type = ''] = response.headers['content-type']?.split(';', 1) ?? [];
      return { status: response.statusCode, contentType: type, text: response.body };
    },
    { any: 1500, bodies: 1500, users: 500 },
  );

  it('has logged no error by then', () => {
    expect(errors).toEqual([]);
  });
});

describe('the service, over the wire', () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => {
    service.kill();
  });
  const respond: Respond = ({ method, path, contentType, body }) =>
    send(service.url, {
      method,
      path,
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      ...(body && { body: { base64: body.toString('base64') } }),
    });

  // First of all, while nothing in the process is optimised and a call takes the most of the stack.
  it.each<[what: string, body: () => string, status: number]>([
    ['9995 objects around the missing fields', () => '{"a":'.repeat(9995) + '1' + '}'.repeat(9995), 422],
    ['9995 arrays', () => '['.repeat(9995) + ']'.repeat(9995), 422],
    ['9995 open arrays', () => '['.repeat(9995), 422],
    ['a deep field', () => `{"name":${'[{"a":'.repeat(4997)}1${'}]'.repeat(4997)}}`, 422],
    ['9996 objects', () => '{"a":'.repeat(9996) + '1' + '}'.repeat(9996), 400],
    ['100 000 arrays', () => '['.repeat(100_000) + ']'.repeat(100_000), 400],
    ['100 000 open arrays', () => '['.repeat(100_000), 400],
    ['100 000 open objects', () => '{"a":'.repeat(100_000), 400],
    ['a million open arrays', () => '['.repeat(1_000_000), 400],
  ])('%s', async (_what, body, status) => {
    const answer = await respond(put('/users/5', body()));
    expect(answer.status).toBe(status);
    expect(() => JSON.parse(answer.text) as unknown).not.toThrow();
    expect(await respond(get('/users/5'))).toMatchObject({ status: 200, text: 'null' });
  });

  // What HTTP itself adds is in the method, the path and the headers; the bodies were the app's.
  answersEverything(respond, { any: 300, bodies: 100, users: 100 });

  it('is the process that it was, has logged no error, and stops as it should', async () => {
    expect(service.log().filter((line) => /"severity":"(ERROR|CRITICAL)"/.test(line))).toEqual([]);
    expect(await service.stop()).toBe(0);
  });
});
