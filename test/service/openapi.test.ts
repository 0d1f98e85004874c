/** The description of the API, and the page that shows it. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { ask, type Answer } from '../support/user-requests.ts';

const RECORDED = new URL('../../../shared/fastapi/openapi.json', import.meta.url);
const recordedMissing = existsSync(RECORDED)
  ? ''
  : ' (SKIPPED: shared/fastapi/openapi.json is not beside this checkout)';

let service: ServiceProcess;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
});

function request(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(service, path, { method, headers, redirect: 'manual' });
}

describe('/openapi.json', () => {
  it.skipIf(recordedMissing !== '')(`is the original's document${recordedMissing}`, async () => {
    const { status, headers, body } = await request('GET', '/openapi.json');
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json\b/)]);
    expect(JSON.parse(body)).toStrictEqual(JSON.parse(readFileSync(RECORDED, 'utf8')));
  });

  const responses = {
    200: { description: 'Successful Response', content: { 'application/json': { schema: {} } } },
    422: {
      description: 'Validation Error',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/HTTPValidationError' } } },
    },
  };
  const parameters = [{ name: 'user_id', in: 'path', required: true, schema: { type: 'integer', title: 'User Id' } }];

  it('describes the two routes for users, and nothing else', async () => {
    const document: unknown = JSON.parse((await request('GET', '/openapi.json')).body);
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'FastAPI', version: '0.1.0' } });
    expect(document).toHaveProperty('paths', {
      '/users/{user_id}': {
        get: { summary: 'Read User', operationId: 'read_user_users__user_id__get', parameters, responses },
        put: {
          summary: 'Update User',
          operationId: 'update_user_users__user_id__put',
          parameters,
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } },
          },
          responses,
        },
      },
    });
  });
});

describe('/docs', () => {
  it.each([
    ['/docs', 'text/html; charset=utf-8', '<title>FastAPI - Swagger UI</title>'],
    ['/docs', 'text/html; charset=utf-8', "url: '/openapi.json'"],
    ['/docs/assets/swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
    ['/docs/assets/swagger-ui-bundle.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle'],
    ['/docs/assets/favicon-32x32.png', 'image/png', 'PNG'],
  ])('GET %s is %s with %j in it, and HEAD says the same without it', async (path, type, part) => {
    const got = await request('GET', path);
    expect(got.status).toBe(200);
    expect(got.headers.get('content-type')).toBe(type);
    expect(got.body).toContain(part);
    const head = await request('HEAD', path);
    expect([head.status, head.body]).toEqual([200, '']);
    const names = ['content-type', 'content-length', 'content-security-policy', 'cache-control'];
    expect(names.map((name) => head.headers.get(name))).toEqual(names.map((name) => got.headers.get(name)));
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
  });

  it('names no other host', async () => {
    const { body } = await request('GET', '/docs');
    expect(body).not.toMatch(/(?:src|href)="(?!\/docs\/assets\/)/);
    expect(body).not.toContain('//');
  });

  it('allows only its own files and its own inline script', async () => {
    const { headers, body } = await request('GET', '/docs');
    const script = /<script>([^]*?)<\/script>/.exec(body)?.[1] ?? '';
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(script))).toString('base64');
    expect(headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'self'",
      `script-src 'self' 'sha256-${hash}'`,
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it.each([['/docs/assets/'], ['/docs/assets/index.html'], ['/docs/assets/..%2f..%2fserver.js'], ['/docs/x']])(
    '%s is not there',
    async (path) => {
      expect(await request('GET', path)).toMatchObject({ status: 404, body: '{"detail":"Not Found"}' });
    },
  );
});

it.each([
  ['GET', '/users'],
  ['GET', '/users/'],
  ['PUT', '/users/'],
  ['POST', '/users/'],
  ['GET', '/users//'],
  ['GET', '/users//1'],
  ['GET', '//users/1'],
  ['GET', '/Users/1'],
  ['GET', '/users/1/2'],
  ['GET', '/users/1%2F2'],
])('%s %s is not there', async (method, path) => {
  expect(await request(method, path)).toMatchObject({ status: 404, body: '{"detail":"Not Found"}' });
});

describe('redirects', () => {
  it.each([
    ['GET', '/redoc', {}, '/docs'],
    ['GET', '/docs/', {}, '{base}/docs'],
    ['GET', '/users/1/', {}, '{base}/users/1'],
    ['PUT', '/users/1/', {}, '{base}/users/1'],
    ['GET', '/users/1/?a=%31&b', {}, '{base}/users/1?a=%31&b'],
    ['GET', '/users/1/?', {}, '{base}/users/1'],
    ['GET', '/users/1///', {}, '{base}/users/1'],
    ['GET', '/users/%31%2F', {}, '{base}/users/1'],
    ['GET', '/users/%2B1%2c%5e%3F%25/', {}, '{base}/users/+1,%5E%3F%25'],
    // Cloud Run and other proxies end TLS, and say so: https://cloud.google.com/run/docs/container-contract
    ['GET', '/users/1/', { 'x-forwarded-proto': 'https' }, '{secure}/users/1'],
    ['GET', '/users/1/', { 'x-forwarded-proto': 'http' }, '{base}/users/1'],
    ['GET', '/users/1/', { 'x-forwarded-proto': 'javascript' }, '{base}/users/1'],
  ])('%s %s with %j goes to %s', async (method, path, headers, location) => {
    const answer = await request(method, path, headers);
    expect([answer.status, answer.body]).toEqual([307, '']);
    const secure = service.url.replace('http:', 'https:');
    expect(answer.headers.get('location')?.replace(service.url, '{base}').replace(secure, '{secure}')).toBe(location);
  });
});

describe('methods that a path does not have', () => {
  it.each([
    ['POST', '/users/1', 'GET, PUT'],
    ['DELETE', '/users/abc', 'GET, PUT'],
    ['HEAD', '/users/1', 'GET, PUT'],
    ['OPTIONS', '/users/1', 'GET, PUT'],
    ['POST', '/docs', 'GET, HEAD'],
    ['PUT', '/openapi.json', 'GET, HEAD'],
    ['DELETE', '/health', 'GET, HEAD'],
  ])('%s %s: 405, allowed are %s', async (method, path, allow) => {
    const answer = await request(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.body).toBe(method === 'HEAD' ? '' : '{"detail":"Method Not Allowed"}');
  });
});

it.each([
  '/docs',
  '/openapi.json',
  '/users/1',
  '/users/x',
  '/users/1/',
  '/nope',
  '/health',
  '/docs/assets/swagger-ui.css',
])('%s has the security headers', async (path) => {
  const { headers } = await request('GET', path);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});
