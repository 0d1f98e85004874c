/** Answers in other shapes than the recorded ones: what is not said is unknown, and what is odd is named. */
import { describe, expect, test } from 'vitest';
import { administratorOf } from '../support/enterprise-address.ts';
import { makeCluster } from '../support/enterprise-client.ts';
import { fresh, ready } from '../support/enterprise-cluster.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import type { Family, FaultRule } from '../fakes/enterprise/options.ts';
import { redisMissing } from '../fakes/redis-server.ts';

const INSECURE = ['--insecure'];

function answered(path: string, body: unknown): FaultRule {
  return { method: 'GET', path, fault: { kind: 'answer', status: 200, body } };
}

describe.skipIf(redisMissing !== '')(`answers of Redis Software${redisMissing}`, () => {
  test.each<[Family, 'sparse' | 'texts']>([
    ['7.4', 'texts'],
    ['7.22', 'sparse'],
    ['8.x', 'sparse'],
    ['8.x', 'texts'],
  ])('%s, %s: a cluster is made, a database is made, reached, shown and deleted', async (family, answers) => {
    const cluster = await fresh({ family, troubles: { answers } });
    const { run } = await administratorOf(cluster);
    expect(await run(['bootstrap'], INSECURE)).toMatchObject({ exitCode: 0 });
    const create = ['database', 'create', 'demo', '--port', String((await enterprisePorts()).port)];
    const created = await run(create);
    expect(created.error).toBeUndefined();
    expect(created).toMatchObject({ exitCode: 0, data: { host: '127.0.0.1' } });
    expect(await run(create)).toMatchObject({ exitCode: 0, data: { created: [] } });
    expect(await run(['database', 'show', 'demo'])).toMatchObject({ data: { name: 'demo', uid: 1 } });
    expect(await run(['database', 'list'])).toMatchObject({ exitCode: 0 });
    expect(await run(['database', 'delete', 'demo', '--yes'])).toMatchObject({ data: { deleted: true } });
  });

  test.each<[string, unknown, string]>([
    ['/v1/cluster', {}, 'name'],
    ['/v1/nodes', {}, 'expected a list'],
    ['/v1/modules', { modules: [] }, 'expected a list'],
    ['/v1/license', [1], 'license'],
    ['/v1/license', { shards_limit: 'many' }, 'shards_limit'],
    ['/v1/bdbs', {}, 'expected a list'],
    ['/v1/bdbs', [{ name: 'demo' }], '0.uid'],
    ['/v1/bdbs', [null], 'expected an object'],
    ['/v1/bdbs', 7, 'expected a list'],
    ['/v1/nodes/status', 7, 'expected an object'],
    ['/v1/nodes', [{ uid: 1, supported_database_versions: 'all' }], 'supported_database_versions'],
  ])('%s answers %j: named, and no bug', async (path, body, words) => {
    const cluster = await fresh({ faults: [answered(path, body)] });
    const { run } = await administratorOf(cluster);
    if (path === '/v1/cluster') {
      expect(await run(['bootstrap'], INSECURE)).toMatchObject({
        exitCode: 1,
        error: { code: 'system_failed', message: expect.stringContaining(words) as string },
      });
      return;
    }
    await makeCluster(cluster);
    const outcome = await run(['database', 'create', 'demo'], INSECURE);
    expect(outcome).toMatchObject({
      exitCode: 1,
      error: { code: 'system_failed', message: expect.stringContaining(words) as string },
    });
    expect(outcome.error?.message).toContain(`${cluster.url}${path} did not answer as Redis Software does`);
    expect(outcome.stderr).not.toContain('bug');
    expect(cluster.state()?.databases).toEqual([]);
  });

  test.each<[string, object | string, string]>([
    ['description', { error_code: 'odd', description: 'its own words' }, 'odd, its own words'],
    ['message', { error_code: 'odd', message: 'its own words' }, 'odd, its own words'],
    ['detail', { title: 'Bad Request', detail: 'its own words' }, 'status 400, its own words'],
    ['error', { error: 'its own words' }, 'status 400, its own words'],
    ['an object', { error: { message: 'its own words' } }, 'status 400, its own words'],
    ['HTML', '<html><title>its own words</title></html>', 'status 400, its own words'],
    ['a line', 'its own words\nand more', 'status 400, its own words'],
  ])('a refusal is quoted: %s', async (_title, body, words) => {
    const cluster = await ready({ faults: [{ path: '/v1/bdbs', fault: { kind: 'answer', status: 400, body } }] });
    const { run } = await administratorOf(cluster);
    expect((await run(['database', 'list'], INSECURE)).error?.message).toContain(words);
  });

  test('a redirect is not followed, and names its target without a password', async () => {
    const headers = { location: 'https://admin:s3cret@other:9443/v1/bdbs' };
    const moved: FaultRule = { path: '/v1/bdbs', fault: { kind: 'answer', status: 307, headers } };
    const { run } = await administratorOf(await ready({ faults: [moved] }));
    const outcome = await run(['database', 'list'], INSECURE);
    expect(outcome).toMatchObject({ exitCode: 1, error: { hint: expect.stringContaining('--url') as string } });
    expect(outcome.error?.message).toContain('https://other:9443/v1/bdbs');
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
  });

  test('the licence that a 403 reports as expired is named as the cause, not the role', async () => {
    const fault = { kind: 'answer', status: 403, body: { description: 'The license has expired' } } as const;
    const { run } = await administratorOf(await ready({ faults: [{ method: 'POST', path: '/v1/bdbs', fault }] }));
    expect(await run(['database', 'create'])).toMatchObject({ exitCode: 3, error: { code: 'license_expired' } });
  });

  test('a cluster without a dry run, a licence and a memory report, and with a busy list, is used as it is', async () => {
    const unknown = (path: string, status: number): FaultRule => ({ path, fault: { kind: 'answer', status } });
    const faults: FaultRule[] = [
      { method: 'POST', path: '/v1/bdbs', nth: [1], fault: { kind: 'answer', status: 405 } },
      ...[unknown('/v1/license', 404), unknown('/v1/nodes/status', 404)],
      {
        ...answered('/v1/bdbs', {}),
        nth: [1],
        fault: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
      },
    ];
    const cluster = await ready({ faults });
    const { run } = await administratorOf(cluster);
    expect(await run(['database', 'list'])).toMatchObject({ exitCode: 0, data: { databases: [] } });
    const port = String((await enterprisePorts()).port);
    expect(await run(['database', 'create', 'demo', '--port', port])).toMatchObject({ exitCode: 0 });
    expect(cluster.state()?.databases).toHaveLength(1);
  });

  test('a fresh node that answers {}: named, and no bug', async () => {
    const { run } = await administratorOf(await fresh({ faults: [answered('/v1/bootstrap', {})] }));
    const outcome = await run(['bootstrap'], INSECURE);
    expect(outcome).toMatchObject({
      exitCode: 1,
      error: { code: 'system_failed', message: expect.stringContaining('bootstrap_status') as string },
    });
  });

  test('five wrong passwords lock an account; a command sends one', async () => {
    const cluster = await ready();
    const stranger = await administratorOf(cluster, { username: 'admin@redis.local', password: 'wrong' });
    const owner = await administratorOf(cluster);
    for (const args of [['list'], ['show'], ['create', 'demo'], ['delete', '--yes']])
      expect(await stranger.run(['database', ...args])).toMatchObject({ exitCode: 4 });
    expect(await owner.run(['database', 'list'])).toMatchObject({ exitCode: 0 });
    expect(await stranger.run(['database', 'list'])).toMatchObject({ exitCode: 4 });
    expect(await owner.run(['database', 'list'])).toMatchObject({ exitCode: 4 });
  });
});
