import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/smoke/smoke.ts';
import { startRewritingProxy } from '../fakes/rewriting-proxy.ts';
import { testRedisMissing } from '../fakes/test-redis.ts';
import { certify, opensslMissing } from '../support/certificates.ts';
import { cli, startCli, untilListening, withFolder } from '../support/cli.ts';
import { serviceOnTestRedis } from '../support/service-on-redis.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { startAtTerminal, terminalMissing } from '../support/terminal.ts';

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
  it('passes, twice, and holds the record of the tutorial; is described as a table, and as JUnit XML', async () => {
    const { exitCode, report } = await smoke(service.url);
    expect({ exitCode, failed: failed(report) }).toEqual({ exitCode: 0, failed: [] });
    expect(report.checks).toHaveLength(11);
    await withFolder(async (folder) => {
      const file = join(folder, 'smoke.xml');
      const again = await cli(['smoke', '--url', service.url, '--junit', file, '--quiet']);
      expect(again).toMatchObject({ exitCode: 0, stderr: '' });
      expect(again.stdout).toMatch(/^ +check +time +note\n✓ {2}GET \/users\/1 is Paul John +[\d.]+ m?s\n/);
      expect(again.stdout).toMatch(/11 of 11 checks passed at .* \(requests: p50 .*, p95 .*\)\n$/);
      const xml = await readFile(file, 'utf8');
      expect(xml).toContain('tests="11" failures="0" skipped="0"');
      expect(xml.match(/<testcase /g)).toHaveLength(11);
    });
    expect(await read(service.url, 4)).toEqual(RECORD);
  });
});

describe.skipIf(terminalMissing !== '')(`a terminal${terminalMissing}`, () => {
  it.each([30, 0])('of %i columns is drawn on, to the end', async (columns) => {
    const { exitCode, stdout } = await startAtTerminal(['smoke', '--url', service.url], { columns });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('11 of 11 checks passed');
  });
});

/** Every fault that a check is there for: test/unit/smoke.test.ts. */
describe('a wrong service', () => {
  it('is exit 7, with what was expected and what was there', async () => {
    const title = 'GET /users/3 is Paul Zamir';
    const proxy = await startRewritingProxy(service.url, (name) =>
      name === 'GET /users/3' ? { status: 200, text: '{"name":"Paul Zamir"}' } : undefined,
    );
    const { exitCode, report } = await smoke(proxy.url);
    await proxy.close();
    expect({ exitCode, failed: failed(report) }).toEqual({ exitCode: 7, failed: [title] });
    expect(report.checks.find((check) => check.title === title)).toMatchObject({
      expected: expect.any(String) as string,
      got: '{"name":"Paul Zamir"}',
    });
  });

  it('that is not there: exit 7, one failed check, and what to type', async () => {
    const { exitCode, stderr } = await cli(['smoke', '--url', 'http://127.0.0.1:1']);
    expect(exitCode).toBe(7);
    expect(stderr).toContain('redisdemo serve');
  });

  it.skipIf(opensslMissing !== '')(`whose certificate is not trusted is not waited for${opensslMissing}`, async () => {
    await withFolder(async (folder) => {
      certify(folder, 'ca');
      certify(folder, 'server', 'IP:127.0.0.1');
      const [cert, key] = await Promise.all(
        ['server', 'server-key'].map((name) => readFile(join(folder, `${name}.pem`))),
      );
      const server = createServer({ cert, key }, (_request, response) => response.end('{}')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
      // Longer than the test may take.
      const { exitCode, stderr } = await cli(['smoke', '--url', url, '--wait', '1h']);
      server.close();
      expect(stderr).toContain('not trusted: unable to verify the first certificate');
      expect(exitCode).not.toBe(0);
    });
  });

  it('whose Redis is away: it is not said to be away itself', async () => {
    const serve = startCli(['serve', '--port', '0', '--redis-host', '127.0.0.1', '--redis-port', '1', '--json']);
    const { url } = await untilListening(serve);
    const { exitCode, stderr } = await cli(['smoke', '--url', url]);
    serve.kill('SIGTERM');
    await serve;
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/→ The service answers, and its Redis does not: the log of the service says why\.\n$/);
  });

  it('that does not come within --wait: exit 6 with the last answer', async () => {
    // Long enough for a first answer, however slow the machine is.
    const { exitCode, stderr } = await cli(['smoke', '--url', 'http://127.0.0.1:1', '--wait', '8s']);
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/Last answer: .*ECONNREFUSED[^]*→ Is the service running\? Start it with: redisdemo serve/);
  });
});

describe.skipIf(testRedisMissing !== '')(`a known connection ${testRedisMissing}`, () => {
  const onRedis = serviceOnTestRedis();

  it('is asked for the record: the data went where we think', async () => {
    const { exitCode, report } = await smoke(onRedis.service.url, onRedis.redis.env);
    expect({ exitCode, failed: failed(report) }).toEqual({ exitCode: 0, failed: [] });
    expect(report.checks.map(({ title }) => title)).toContain('Redis holds user:4');
  });

  it('shows when the service writes elsewhere', async () => {
    await onRedis.redis.client.del('user:4');
    const { exitCode, report } = await smoke(service.url, onRedis.redis.env);
    expect(exitCode).toBe(7);
    expect(failed(report)).toEqual(['Redis holds user:4']);
  });

  it('lets the test take its own record away', async () => {
    await put(onRedis.service.url, 4, { ...RECORD, name: 'Somebody Else' });
    const { exitCode } = await smoke(onRedis.service.url, onRedis.redis.env);
    expect(exitCode).toBe(0);
    expect(await onRedis.redis.client.exists('user:40004')).toBe(0);
    expect(await onRedis.redis.client.exists('user:4')).toBe(1);
  });
});
