/** What can be made to go wrong with the stand-in cluster, and what is asked of it afterwards. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { checkExchanges, contractsMissing } from '../support/contracts.ts';
import { until } from '../support/docker.ts';
import { call, CREATE, makeDatabase, ok } from '../support/enterprise-client.ts';
import { fresh, PASSWORD, ready, redis } from '../support/enterprise-cluster.ts';
import type { Family, FaultRule, Troubles } from '../fakes/enterprise/options.ts';
import { redisMissing } from '../fakes/redis-server.ts';

const DATABASE = { name: 'demo', memory_size: 100_000_000 };
const BUSY = { kind: 'answer', status: 429, body: { error_code: 'busy' }, headers: { 'retry-after': '1' } } as const;

describe.skipIf(redisMissing !== '')(`faults of the stand-in cluster${redisMissing}`, () => {
  test.each<[string, FaultRule['fault']]>([
    ['ECONNRESET|UND_ERR_SOCKET', { kind: 'reset' }],
    ['UND_ERR_SOCKET', { kind: 'cut' }],
  ])('the second request breaks with %s', async (words, fault) => {
    const cluster = await ready({ faults: [{ path: '/v1/license', nth: [2], fault }] });
    expect(await call(cluster, '/v1/license')).toMatchObject({ status: 200 });
    await expect(call(cluster, '/v1/license')).rejects.toThrow(new RegExp(words));
    expect(await call(cluster, '/v1/license')).toMatchObject({ status: 200 });
  });

  test('requests are answered as it is told, without effect', async () => {
    const faults: FaultRule[] = [
      { method: 'POST', path: '/v1/bdbs', nth: [1], fault: BUSY },
      { method: 'POST', path: '/v1/bdbs', nth: [2], fault: { kind: 'answer', status: 200, body: '<html>' } },
    ];
    const cluster = await ready({ faults });
    const first = await call(cluster, '/v1/bdbs', { body: DATABASE });
    expect(first).toMatchObject({ status: 429, body: { error_code: 'busy' } });
    expect(first.headers.get('retry-after')).toBe('1');
    expect(await call(cluster, '/v1/bdbs', { body: DATABASE })).toMatchObject({ status: 200, body: '<html>' });
    expect(await ok(cluster, '/v1/bdbs')).toEqual([]);
  });

  test('a request is met with silence, another one with an answer', async () => {
    const cluster = await ready({ faults: [{ path: '/v1/lic*', fault: { kind: 'silence' } }] });
    const silent = call(cluster, '/v1/license').then(() => 'answered');
    const other = ok(cluster, '/v1/nodes').then(() => 'the other');
    expect(await Promise.race([silent, other])).toBe('the other');
    expect(cluster.exchanges().find(({ path }) => path === '/v1/license')).toMatchObject({ status: 0 });
    await cluster.stop();
    await expect(silent).rejects.toThrow();
  });

  test('the API never comes: a connection is accepted, and nothing is said', async () => {
    const cluster = await fresh({ troubles: { start: 'silent' } });
    const { hostname, port } = new URL(cluster.url);
    const socket = connect(Number(port), hostname);
    const connected = new Promise((resolve) => socket.on('connect', resolve));
    await connected;
    socket.write('GET / HTTP/1.1\r\n\r\n');
    const answered = new Promise((resolve) => socket.on('data', resolve));
    // A cluster that starts afterwards has answered by then.
    const other = fresh().then((one) => ok(one, '/v1/bootstrap').then(() => 'the other'));
    expect(await Promise.race([answered, other])).toBe('the other');
    socket.destroy();
  });

  test('the API never comes: everything is HTML', async () => {
    const cluster = await fresh({ troubles: { start: 'html' } });
    expect(await call(cluster, '/v1/bootstrap')).toMatchObject({
      status: 502,
      body: expect.stringContaining('<html>') as string,
    });
  });

  test('another certificate is served than the one in the container', async () => {
    const cluster = await fresh({ troubles: { certificate: 'other' } });
    await until(async () => {
      await expect(call(cluster, '/v1/bootstrap')).rejects.toThrow('DEPTH_ZERO_SELF_SIGNED_CERT');
    });
  });

  test('a node dies in the middle of the bootstrap, and is idle when it comes back', async () => {
    const cluster = await fresh({ troubles: { bootstrap: 'dies' } });
    await ok(cluster, '/v1/bootstrap/create_cluster', { body: CREATE });
    await until(async () => {
      await expect(call(cluster, '/v1/bootstrap')).rejects.toThrow('ECONNREFUSED');
    });
    await cluster.nodes[0]?.kill();
    await cluster.nodes[0]?.restart();
    expect(await ok(cluster, '/v1/bootstrap')).toMatchObject({ bootstrap_status: { state: 'idle' } });
  });

  test.each<[NonNullable<Troubles['database']>, string]>([
    ['stuck', 'pending'],
    ['fails', 'creation-failed'],
    ['unreachable', 'active'],
  ])('a database is %s: %s, and nothing listens', async (trouble, status) => {
    const cluster = await ready({ troubles: { database: trouble } });
    const { uid } = await ok<{ uid: number }>(cluster, '/v1/bdbs', { body: DATABASE });
    await until(async () => {
      expect(await ok(cluster, `/v1/bdbs/${String(uid)}`)).toMatchObject({ status });
    });
    const port = cluster.state()?.databases[0]?.port ?? 0;
    await expect(redis(port, { retryStrategy: () => null }).ping()).rejects.toThrow('Connection is closed');
  });

  test('the licence is expired, and the memory is short', async () => {
    const expired = await ready({ troubles: { licenceExpired: true } });
    expect(await call(expired, '/v1/bdbs', { body: DATABASE })).toMatchObject({ status: 403 });
    expect(await ok(expired, '/v1/license')).toMatchObject({ expired: true });
    const full = await ready({ troubles: { freeRam: 50_000_000 } });
    expect(await call(full, '/v1/bdbs', { body: DATABASE })).toMatchObject({
      status: 406,
      body: { error_code: 'insufficient_resources' },
    });
    expect(await ok(full, '/v1/nodes/status')).toMatchObject({ '1': { free_provisional_ram: 50_000_000 } });
  });

  test('requests are recorded in their order, with what was answered', async () => {
    const cluster = await ready();
    await call(cluster, '/v1/bdbs?dry_run', { body: DATABASE });
    await call(cluster, '/v1/license', { login: null });
    expect(cluster.exchanges().slice(-2)).toMatchObject([
      { method: 'POST', path: '/v1/bdbs', query: '?dry_run', body: DATABASE, status: 200, answer: { name: 'demo' } },
      { method: 'GET', path: '/v1/license', query: '', status: 401 },
    ]);
  });
});

const LOOKS = [
  'cluster',
  'cluster/policy',
  'license',
  'modules',
  'nodes',
  'nodes/1',
  'nodes/status',
  'shards',
  'actions',
];
const LISTS = ['bdbs', 'bdbs/1', 'bdbs/stats/last', 'users', 'roles', 'redis_acls', 'nope'];

describe.skipIf(contractsMissing !== '' || redisMissing !== '')(`contracts${contractsMissing}${redisMissing}`, () => {
  test.each<Family>(['7.4', '7.22', '8.x'])('%s: all answers keep to them', async (family) => {
    const bootstrap = { errorCode: 'internal_error', times: 1 };
    const cluster = await fresh({ family, troubles: { bootstrap } });
    await ok(cluster, '/v1/bootstrap/create_cluster', { body: CREATE });
    await until(async () => {
      expect(await ok(cluster, '/v1/bootstrap')).toMatchObject({ bootstrap_status: { state: 'error' } });
    });
    await ok(cluster, '/v1/bootstrap/validate/create_cluster', { body: CREATE });
    await ok(cluster, '/v1/bootstrap/create_cluster', { body: CREATE });
    await ok(cluster, '/v1/cluster');
    await ok(cluster, '/v1/bootstrap');
    const fields = {
      redis_version: '7.2',
      module_list: [{ module_name: 'search', module_args: '' }],
      authentication_redis_pass: PASSWORD,
    };
    await makeDatabase(cluster, fields);
    await ok(cluster, '/v1/redis_acls', { body: { name: 'service', acl: '+get ~*' } });
    await ok(cluster, '/v1/roles', { body: { name: 'service', management: 'none' } });
    await ok(cluster, '/v1/users', { body: { email: 'a@b.c', password: 'long enough', name: 'a', role_uids: [6] } });
    await ok(cluster, '/v1/bdbs/1', { method: 'PUT', body: { memory_size: 200_000_000 } });
    for (const path of [...LOOKS, ...LISTS]) await call(cluster, `/v1/${path}`);
    const { actions } = await ok<{ actions: { action_uid: string }[] }>(cluster, '/v1/actions');
    await ok(cluster, `/v1/actions/${actions[0]?.action_uid ?? ''}`);
    expect(checkExchanges(cluster.exchanges())).toEqual([]);
  });

  test('a request that breaks them is named', async () => {
    const cluster = await ready();
    await call(cluster, '/v1/bdbs', { body: { ...DATABASE, flash_enabled: false } });
    expect(checkExchanges(cluster.exchanges())).toEqual([
      'POST /v1/bdbs: request itself must NOT have additional properties {"additionalProperty":"flash_enabled"}',
    ]);
  });
});
