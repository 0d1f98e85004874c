/** Several nodes of the stand-in cluster: they join, any of them answers, and one may go. */
import { describe, expect, test } from 'vitest';
import { until } from '../support/docker.ts';
import { ADMIN, call, CREATE, makeCluster, makeDatabase, ok, type Target } from '../support/enterprise-client.ts';
import { fresh, PASSWORD, redis } from '../support/enterprise-cluster.ts';
import type { Cluster, ClusterNode, ClusterOptions } from '../fakes/enterprise/cluster.ts';
import { redisMissing } from '../fakes/redis-server.ts';

const JOIN = { ...CREATE, action: 'join_cluster', cluster: { nodes: ['127.0.0.1'] } };

interface Status {
  readonly bootstrap_status: { readonly state: string; readonly error_code?: string };
}

interface Shard {
  readonly role: string;
  readonly node_uid: string;
}

async function joined(count: number, options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await fresh({ nodes: count, ...options });
  await makeCluster(cluster);
  for (const node of cluster.nodes.slice(1)) await join(node);
  return cluster;
}

async function join(node: Target): Promise<void> {
  await ok(node, '/v1/bootstrap/join_cluster', { body: JOIN });
  await ok(node, '/v1/cluster');
}

async function failedJoin(node: Target, body: object): Promise<string | undefined> {
  await ok(node, '/v1/bootstrap/join_cluster', { body });
  return until(async () => {
    const { bootstrap_status: status } = await ok<Status>(node, '/v1/bootstrap');
    if (status.state !== 'error') throw new Error(status.state);
    return status.error_code;
  });
}

async function masterNode(cluster: Cluster, asked: Target): Promise<ClusterNode> {
  const shards = await ok<Shard[]>(asked, '/v1/shards');
  const uid = Number(shards.find(({ role }) => role === 'master')?.node_uid);
  const node = cluster.nodes[uid - 1];
  if (node === undefined) throw new Error('no node has the master');
  return node;
}

describe.skipIf(redisMissing !== '')(`several nodes of the stand-in cluster${redisMissing}`, () => {
  test('join, get the certificate of the cluster, and answer for it', async () => {
    const cluster = await joined(3);
    for (const node of cluster.nodes) {
      const nodes = await ok(node, '/v1/nodes');
      expect(nodes).toMatchObject([1, 2, 3].map((uid) => ({ uid, status: 'active', addr: `127.0.0.${String(uid)}` })));
      expect(node.certificate()).toBe(cluster.certificate());
    }
    const { endpoints } = await makeDatabase(cluster.nodes[2] ?? cluster, { authentication_redis_pass: PASSWORD });
    expect(await redis(endpoints[0]?.port ?? 0).ping()).toBe('PONG');
  });

  test.each([
    ['access_denied', { credentials: { ...ADMIN, password: 'wrong' } }],
    ['connect_error', { cluster: { nodes: ['127.0.0.9'] } }],
    ['connect_error', { cluster: { nodes: ['first-node'] } }],
  ])('a join fails with %s: %j', async (code, change) => {
    const cluster = await fresh({ nodes: 2 });
    await makeCluster(cluster);
    expect(await failedJoin(cluster.nodes[1] ?? cluster, { ...JOIN, ...change })).toBe(code);
  });

  test('a join fails once for a clock that is wrong, and then works', async () => {
    const bootstrap = { errorCode: 'time_not_sync', action: 'join_cluster', times: 1 } as const;
    const cluster = await fresh({ nodes: 2, troubles: { bootstrap } });
    await makeCluster(cluster);
    const second = cluster.nodes[1] ?? cluster;
    expect(await failedJoin(second, JOIN)).toBe('time_not_sync');
    await join(second);
  });

  test('a replica takes over with its data when the node of the master is gone, and the port moves to its node', async () => {
    const cluster = await joined(3);
    const { endpoints } = await makeDatabase(cluster, { authentication_redis_pass: PASSWORD, replication: true });
    const port = endpoints[0]?.port ?? 0;
    const gone = await masterNode(cluster, cluster);
    const others = cluster.nodes.filter((node) => node !== gone);
    const client = redis(port, { host: gone.address });
    await client.call('JSON.SET', 'user:1', '$', '{"kept":true}');
    expect(await client.wait(1, 0)).toBe(1);
    await gone.kill();

    const witness = others[0] ?? cluster;
    const heir = await until(async () => {
      const node = await masterNode(cluster, witness);
      expect(node).not.toBe(gone);
      return node;
    });
    expect(await redis(port, { host: heir.address }).call('JSON.GET', 'user:1')).toBe('{"kept":true}');
    const nodes = await ok<{ status: string }[]>(witness, '/v1/nodes');
    expect(nodes.map(({ status }) => status).toSorted()).toEqual(['active', 'active', 'down']);

    await gone.restart();
    await until(async () => {
      expect((await ok<{ status: string }[]>(gone, '/v1/nodes')).every(({ status }) => status === 'active')).toBe(true);
    });
    expect(await masterNode(cluster, gone)).toBe(heir);
  });

  test('with the policy all-nodes every node has the port, also while one of them is gone', async () => {
    const cluster = await joined(3);
    const fields = { authentication_redis_pass: PASSWORD, replication: true, proxy_policy: 'all-nodes' };
    const { endpoints } = await makeDatabase(cluster, fields);
    const port = endpoints[0]?.port ?? 0;
    const clients = cluster.nodes.map(({ address }) => redis(port, { host: address }));
    expect(await Promise.all(clients.map((client) => client.ping()))).toEqual(['PONG', 'PONG', 'PONG']);
    const gone = await masterNode(cluster, cluster);
    await clients[0]?.set('kept', 'yes');
    await clients[0]?.wait(1, 0);
    await gone.kill();
    const survivor = clients.find((_client, at) => cluster.nodes[at] !== gone);
    await until(async () => {
      expect(await survivor?.get('kept')).toBe('yes');
    });
  });

  test('decides nothing when the half of its nodes is gone', async () => {
    const cluster = await joined(2);
    await cluster.nodes[1]?.kill();
    await until(async () => {
      expect(await call(cluster, '/v1/bdbs')).toMatchObject({ status: 503, body: { error_code: 'no_quorum' } });
    });
  });
});
