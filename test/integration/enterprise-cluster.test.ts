/** The stand-in cluster behaves as the Enterprise stage must expect of the real one. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { until } from '../support/docker.ts';
import { ADMIN, call, CREATE, makeCluster, makeDatabase, ok, untilActive } from '../support/enterprise-client.ts';
import { fresh, PASSWORD, ready, redis } from '../support/enterprise-cluster.ts';
import type { Cluster } from '../fakes/enterprise/cluster.ts';
import type { Family } from '../fakes/enterprise/options.ts';
import { stageAt } from '../fakes/enterprise/outage.ts';
import { redisMissing } from '../fakes/redis-server.ts';

const FAMILIES: readonly Family[] = ['7.4', '7.22', '8.x'];
/** The version and the modules that a database of this family is asked for: facts of families.ts. */
const WISHES: Readonly<Record<Family, object>> = {
  '7.4': {
    redis_version: '7.2',
    module_list: [
      { module_name: 'ReJSON', module_args: '' },
      { module_name: 'search', module_args: '' },
    ],
  },
  '7.22': {
    module_list: [
      { module_name: 'ReJSON', module_args: '' },
      { module_name: 'search', module_args: '' },
    ],
  },
  '8.x': {},
};

async function states(cluster: Cluster, path = '/v1/bootstrap'): Promise<string[]> {
  const seen: string[] = [];
  for (;;) {
    const reply = await call(cluster, path).catch((error: unknown) => (error as Error).message);
    const body = typeof reply === 'string' ? undefined : (reply.body as { bootstrap_status?: { state: string } });
    const what = typeof reply === 'string' ? reply : (body?.bootstrap_status?.state ?? String(reply.status));
    if (what !== seen.at(-1)) seen.push(what);
    if (['idle', 'error', 'completed'].includes(what)) return seen;
    await pause(20);
  }
}

/** In this order, to its end; a machine that has much to do may miss one that does not last. */
function expectOnTheWay(seen: readonly string[], way: readonly string[]): void {
  expect(seen).toEqual(way.filter((state) => seen.includes(state)));
  expect(seen.at(-1)).toBe(way.at(-1));
  expect(seen.length).toBeGreaterThan(1);
}

test('each part of an outage is another kind of trouble', () => {
  const outage = { begin: 1000, ms: 300, stages: ['reset', 'envoy', 'html'] } as const;
  const stages = [1000, 1099, 1100, 1200, 1299, 1300].map((now) => stageAt(outage, now));
  expect(stages).toEqual(['reset', 'reset', 'envoy', 'html', 'html', undefined]);
});

describe.skipIf(redisMissing !== '')(`a stand-in cluster${redisMissing}`, () => {
  test('a node breaks connections and speaks HTML before it says idle, without credentials', async () => {
    const cluster = await fresh({ delays: { start: 3000 } });
    expectOnTheWay(await states(cluster), ['ECONNRESET', '503', '502', 'idle']);
    expect(await call(cluster, '/v1/bootstrap', { login: null })).toMatchObject({ status: 200 });
    expect((await call(cluster, '/v1/cluster')).body).toMatchObject({ error_code: 'no_cluster' });
  });

  test('a bootstrap passes its states, breaks connections, and shows another certificate', async () => {
    const cluster = await fresh({ delays: { bootstrap: 2000, swap: 4000 } });
    await ok(cluster, '/v1/bootstrap');
    const before = cluster.certificate();
    expect(await call(cluster, '/v1/bootstrap/validate/create_cluster', { body: CREATE })).toMatchObject({
      status: 200,
    });
    expect(await call(cluster, '/v1/bootstrap/create_cluster', { body: CREATE })).toMatchObject({ status: 200 });
    expect(await call(cluster, '/v1/bootstrap/create_cluster', { body: CREATE })).toMatchObject({ status: 409 });
    const way = ['initiated', 'creating_cluster', 'ECONNRESET', '503', '502', '401', 'completed'];
    expectOnTheWay(await states(cluster), way);
    expect(cluster.certificate()).not.toBe(before);
    const old = { url: cluster.url, certificate: () => before };
    await expect(call(old, '/v1/bootstrap')).rejects.toThrow('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  test('after the bootstrap nothing answers without the right credentials', async () => {
    const cluster = await ready();
    for (const login of [null, { ...ADMIN, password: 'wrong' }]) {
      expect(await call(cluster, '/v1/bootstrap', { login })).toMatchObject({ status: 401, body: undefined });
      expect(await call(cluster, '/v1/bdbs', { login })).toMatchObject({ status: 401 });
    }
    expect(await ok(cluster, '/v1/cluster')).toMatchObject({ name: CREATE.cluster.name });
    expect(await ok(cluster, '/v1/nodes')).toMatchObject([{ uid: 1, status: 'active', addr: '127.0.0.1' }]);
    expect(await ok(cluster, '/v1/license')).toMatchObject({ shards_limit: 4, owner: null, expired: false });
  });

  test('a failed bootstrap says why, and may be done again', async () => {
    const bootstrap = { errorCode: 'insufficient_node_memory', message: 'not enough', times: 1 };
    const cluster = await fresh({ troubles: { bootstrap } });
    await ok(cluster, '/v1/bootstrap/create_cluster', { body: CREATE });
    expect((await states(cluster)).at(-1)).toBe('error');
    expect((await call(cluster, '/v1/bootstrap')).body).toMatchObject({
      bootstrap_status: { error_code: 'insufficient_node_memory', error_details: { message: 'not enough' } },
    });
    await makeCluster(cluster);
  });

  test('a bootstrap is refused for a name that is no host name, by the validation and by itself', async () => {
    const cluster = await fresh();
    const body = { ...CREATE, cluster: { name: 'Development Cluster' } };
    await ok(cluster, '/v1/bootstrap');
    const validation = await call(cluster, '/v1/bootstrap/validate/create_cluster', { body });
    expect(validation).toMatchObject({ status: 406, body: { state: 'error', error_code: 'config_error' } });
    await ok(cluster, '/v1/bootstrap/create_cluster', { body });
    expect((await states(cluster)).at(-1)).toBe('error');
  });

  test.each(FAMILIES)('%s: a database is a real redis-server with its password, JSON and Search', async (family) => {
    const cluster = await ready({ family });
    const fields = { ...WISHES[family], authentication_redis_pass: PASSWORD };
    const { uid, port, endpoints } = await makeDatabase(cluster, fields);
    expect(port).toBe(0);
    const client = redis(endpoints[0]?.port ?? 0);
    await client.call('FT.CREATE', 'idx', 'ON', 'JSON', 'PREFIX', '1', 'own:', 'SCHEMA', '$.word', 'AS', 'word', 'TAG');
    await client.call('JSON.SET', 'own:1', '$', '{"word":"here"}');
    expect(await client.call('FT.SEARCH', 'idx', '@word:{here}')).toEqual([1, 'own:1', ['$', '{"word":"here"}']]);
    const info = (await client.call('COMMAND', 'INFO', 'JSON.SET', 'FT.SEARCH', 'TS.ADD')) as (unknown[] | null)[];
    expect(info.map((entry) => entry?.[0])).toEqual(['json.set', 'ft.search', undefined]);
    await expect(client.call('ACL', 'SETUSER', 'eve', 'on')).rejects.toThrow('unknown command');
    await expect(redis(endpoints[0]?.port ?? 0, { password: 'wrong' }).ping()).rejects.toThrow('WRONGPASS');

    const pid = cluster.nodes[0]?.pids().get(uid) ?? 0;
    expect(() => process.kill(pid, 0)).not.toThrow();
    await ok(cluster, `/v1/bdbs/${String(uid)}`, { method: 'DELETE' });
    await until(async () => {
      expect(await call(cluster, `/v1/bdbs/${String(uid)}`)).toMatchObject({ status: 404 });
    });
    await until(() => {
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      return Promise.resolve();
    });
  });

  test('a database without modules has no JSON', async () => {
    const cluster = await ready({ family: '7.22' });
    const { endpoints } = await makeDatabase(cluster, { authentication_redis_pass: PASSWORD });
    await expect(redis(endpoints[0]?.port ?? 0).call('JSON.GET', 'x')).rejects.toThrow('unknown command');
  });

  test.each<[Family, object, number, string]>([
    ['7.4', {}, 406, 'invalid_version'],
    ['7.4', { redis_version: '7.2.4' }, 406, 'invalid_version'],
    ['8.x', { redis_version: '9.9' }, 406, 'invalid_version'],
    ['7.22', { module_list: [{ module_name: 'ReJSON' }] }, 400, 'invalid_schema'],
    ['7.22', { module_list: [{ module_name: 'json', module_args: '' }] }, 406, 'missing_module'],
    [
      '7.22',
      { module_list: [{ module_name: 'search', module_args: '', semantic_version: '2.8.26' }] },
      406,
      'missing_module',
    ],
    ['8.x', { memory_size: 0 }, 406, 'missing_memory_size'],
    ['8.x', { memory_size: '1gb' }, 400, 'invalid_schema'],
    ['8.x', { memory_size: 1e12 }, 406, 'insufficient_resources'],
    ['8.x', { name: 'my database' }, 400, 'invalid_schema'],
    ['8.x', { port: 6379 }, 406, 'port_unavailable'],
    ['8.x', { port: 10_050 }, 406, 'port_unavailable'],
    ['8.x', { replication: true }, 406, 'invalid_replication'],
    ['8.x', { shards_count: 2 }, 406, 'invalid_sharding'],
    ['7.22', { eviction_policy: 'allkeys-lrm' }, 400, 'invalid_schema'],
  ])('%s refuses a database %j with %i %s', async (family, fields, status, code) => {
    const cluster = await ready({ family });
    const body = { name: 'demo', memory_size: 100_000_000, ...fields };
    const refusal = await call(cluster, '/v1/bdbs?dry_run', { body });
    expect(refusal).toMatchObject({ status, body: { error_code: code, description: expect.any(String) as string } });
    expect(cluster.state()?.databases).toEqual([]);
  });

  test('?dry_run makes nothing; a port that is taken, a uid that is taken, and a fifth shard are refused', async () => {
    const cluster = await ready();
    expect(await call(cluster, '/v1/bdbs?dry_run', { body: { name: 'a', memory_size: 1e8 } })).toMatchObject({
      status: 200,
    });
    expect(await ok(cluster, '/v1/bdbs')).toEqual([]);
    const { uid, endpoints } = await makeDatabase(cluster, {});
    const refused = async (fields: object): Promise<unknown> =>
      (await call(cluster, '/v1/bdbs', { body: { name: 'a', memory_size: 1e8, ...fields } })).body;
    expect(await refused({ port: endpoints[0]?.port })).toMatchObject({ error_code: 'port_unavailable' });
    expect(await refused({ uid })).toMatchObject({ error_code: 'uid_exists' });
    expect(await refused({ shards_count: 4, sharding: true, shard_key_regex: [{ regex: '.*' }] })).toMatchObject({
      error_code: 'insufficient_resources',
    });
  });

  test('a database is refused with 406 for a moment after the bootstrap', async () => {
    const cluster = await ready({ delays: { settle: 5000 } });
    const body = { name: 'demo', memory_size: 100_000_000 };
    expect(await call(cluster, '/v1/bdbs', { body })).toMatchObject({
      status: 406,
      body: { error_code: 'invalid_version' },
    });
    await ok(cluster, '/v1/bdbs', { body });
  });

  test('a busy database refuses changes with 409; a change of the password counts for new connections', async () => {
    const cluster = await ready({ delays: { change: 5000 } });
    const { uid, endpoints } = await makeDatabase(cluster, { authentication_redis_pass: PASSWORD });
    const path = `/v1/bdbs/${String(uid)}`;
    const change = { method: 'PUT', body: { authentication_redis_pass: 'another' } };
    expect(await call(cluster, path, change)).toMatchObject({ status: 200, body: { status: 'active-change-pending' } });
    expect(await call(cluster, path, change)).toMatchObject({ status: 409 });
    expect(await call(cluster, path, { method: 'DELETE' })).toMatchObject({ status: 409 });
    await untilActive(cluster, uid);
    expect(await redis(endpoints[0]?.port ?? 0, { password: 'another' }).ping()).toBe('PONG');
    await expect(redis(endpoints[0]?.port ?? 0).ping()).rejects.toThrow('WRONGPASS');
  });
});
