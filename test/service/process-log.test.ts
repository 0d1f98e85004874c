/** What the service says on stdout: one JSON object a line, as Google Cloud Logging reads it. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { redisMissing } from '../fakes/redis-server.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from '../support/test-processes.ts';
import { openWire } from '../support/wire.ts';

/** However slow the machine is. */
const NO_REQUEST_IS_SLOW = { SLOW_REQUEST_MS: '3600000' };

describe('the log', () => {
  test('each line has a severity, a time and a message; no line for a request', async () => {
    const begin = Date.now();
    const service = await serviceWith(NO_REQUEST_IS_SLOW);
    for (const path of ['/users/1', '/users/x', '/nowhere', '/health', '/docs']) await ask(service, path);
    await service.stop();
    const lines = logged(service, /^/);
    for (const line of lines) {
      expect(line.severity).toBe('INFO');
      expect(new Date(String(line['time'])).toISOString()).toBe(line['time']);
      expect(Date.parse(String(line['time']))).toBeGreaterThanOrEqual(begin);
    }
    expect(lines.map(({ message }) => message)).toEqual([
      expect.stringContaining('users are kept in memory') as string,
      `listening on ${service.url}`,
      'SIGTERM: finishing what is in flight',
      'stopped',
    ]);
  });

  test('LOG_REQUESTS: a line a request, without its query; a path cannot begin a line of its own', async () => {
    const service = await serviceWith({ LOG_REQUESTS: 'true', ...NO_REQUEST_IS_SLOW });
    await getUser(service, '1');
    await putUser(service, '2', userText());
    await putUser(service, 'x', userText());
    await ask(service, '/nowhere?token=hidden');
    await ask(service, '/users/%0A%7B%22severity%22:%22forged%22%7D');
    const lines = await untilLogged(service, /^request$/, 5);
    expect(lines.map(({ severity, method, path, status }) => [severity, method, path, status])).toEqual([
      ['INFO', 'GET', '/users/1', 200],
      ['INFO', 'PUT', '/users/2', 200],
      ['INFO', 'PUT', '/users/x', 422],
      ['INFO', 'GET', '/nowhere', 404],
      ['INFO', 'GET', expect.stringContaining('forged') as string, 422],
    ]);
    expect(lines.every(({ ms, requestId }) => Number.isInteger(ms) && typeof requestId === 'string')).toBe(true);
    expect(service.log().join('\n')).not.toContain('hidden');
    expect(logged(service, /^/).map(({ severity }) => severity)).not.toContain('forged');
  });

  test('SLOW_REQUEST_MS: a warning for a request that takes as long, and only for that', async () => {
    const service = await serviceWith({ SLOW_REQUEST_MS: '500' });
    await getUser(service, '1');
    const wire = await openWire(service);
    const body = userText();
    wire.write('PUT /users/2 HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n');
    wire.write(`Content-Length: ${String(body.length)}\r\n\r\n`);
    await pause(700); // the slowness itself
    wire.write(body);
    await wire.until(/true$/);
    await service.stop();
    // On a slow machine the first request may be slow, too.
    const lines = logged(service, /request/);
    expect(lines.at(-1)).toMatchObject({
      severity: 'WARNING',
      message: 'slow request',
      method: 'PUT',
      path: '/users/2',
    });
    for (const line of lines) expect(line['ms']).toBeGreaterThanOrEqual(500);
  });

  test('no password, wherever it comes from', async () => {
    const password = 'do-not-tell-me-in-a-log';
    // Nothing listens on port 1.
    const env = { REDISHOST: '127.0.0.1', REDISPORT: '1', REDISUSER: 'app', REDISPASS: password };
    const service = await serviceWith({ ...env, LOG_REQUESTS: 'true', ...NO_REQUEST_IS_SLOW });
    await getUser(service, '1');
    await ask(service, `/users/1?password=${password}`);
    await untilLogged(service, /^request$/, 2);
    await service.stop();
    expect(service.log().join('\n')).not.toContain(password);
  });

  test.skipIf(redisMissing !== '')(`DEBUG=* does not make ioredis print what it sends${redisMissing}`, async () => {
    const password = 'do-not-tell-me-in-a-log';
    const redis = await redisWith({ password });
    const env = { REDISHOST: redis.host, REDISPORT: String(redis.port), REDISPASS: password };
    const service = await serviceWith({ ...env, DEBUG: '*' });
    expect((await putUser(service, '1', userText())).status).toBe(200);
    await service.stop();
    expect(service.output()).toBe(`${service.log().join('\n')}\n`);
    expect(service.output()).not.toContain(password);
  });
});
