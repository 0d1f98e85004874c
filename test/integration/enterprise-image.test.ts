/** The stand-in image of Redis Software runs on a real engine as the Enterprise stage must expect of the real one. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { docker, engineMissing, publishedPort, removeContainers, runContainer, until } from '../support/docker.ts';
import { call, CREATE, makeCluster, makeDatabase, ok, type Target } from '../support/enterprise-client.ts';
import { PASSWORD, redis } from '../support/enterprise-cluster.ts';
import { certificateIn, enterpriseImage, exchangesIn, stateIn } from '../support/enterprise-image.ts';
import { RELEASES } from '../fakes/enterprise/families.ts';

const DATABASE_PORT = 12_000;
const PUBLISHED = [8443, 9443, DATABASE_PORT].flatMap((port) => ['--publish', `127.0.0.1::${String(port)}`]);
const JOIN = { ...CREATE, action: 'join_cluster' };

interface Container extends Target {
  readonly name: string;
}

async function start(image: string, ...options: readonly string[]): Promise<Container> {
  const name = await runContainer('--cap-add', 'SYS_RESOURCE', ...PUBLISHED, ...options, image);
  const port = await publishedPort(name, 9443);
  return { name, url: `https://127.0.0.1:${String(port)}`, certificate: () => certificateIn(name) };
}

describe.skipIf(engineMissing !== '')(`the stand-in image of Redis Software${engineMissing}`, () => {
  afterEach(removeContainers);

  test('becomes a cluster with a database that is reached from the host', async () => {
    const node = await start('redislabs/redis');
    expect(await ok(node, '/v1/bootstrap')).toMatchObject({ bootstrap_status: { state: 'idle' } });
    const before = await certificateIn(node.name);
    await makeCluster(node);
    expect(await certificateIn(node.name)).not.toBe(before);
    await makeDatabase(node, { port: DATABASE_PORT, authentication_redis_pass: PASSWORD });
    const client = redis(await publishedPort(node.name, DATABASE_PORT));
    expect(await client.call('JSON.SET', 'user:1', '$', '{"a":1}')).toBe('OK');
    expect(await client.call('JSON.GET', 'user:1')).toBe('{"a":1}');
    const page = {
      url: `https://127.0.0.1:${String(await publishedPort(node.name, 8443))}`,
      certificate: node.certificate,
    };
    await expect(call(page, '/')).rejects.toThrow('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect((await stateIn(node.name)).databases).toMatchObject([{ status: 'active', port: DATABASE_PORT }]);
    const asked = (await exchangesIn(node.name)).map(({ method, path }) => `${method} ${path}`);
    expect(asked).toContain('POST /v1/bootstrap/create_cluster');
    expect(asked).toContain('POST /v1/bdbs');
    expect((await docker(['exec', node.name, 'id', '-un'])).output).toBe('redislabs');
    expect((await docker(['logs', node.name])).output).toContain('success: job_scheduler entered RUNNING state');
  });

  test.each(Object.values(RELEASES).flatMap(({ imageTags, software }) => imageTags.map((tag) => [tag, software])))(
    'redislabs/redis:%s is %s',
    async (tag, software) => {
      const node = await start(`redislabs/redis:${tag}`);
      expect(await ok(node, '/v1/bootstrap')).toMatchObject({ local_node_info: { software_version: software } });
    },
  );

  test('three nodes on a network join, and a replica takes over when the container of the master is killed', async () => {
    const network = `test-${randomUUID()}`;
    await docker(['network', 'create', network]);
    try {
      const names = [1, 2, 3].map(() => start('redislabs/redis', '--network', network));
      const [first, ...others] = await Promise.all(names);
      if (first === undefined) throw new Error('no container');
      await makeCluster(first);
      const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
      const { output: address } = await docker(['inspect', '--format', format, first.name]);
      for (const node of others) {
        await ok(node, '/v1/bootstrap/join_cluster', { body: { ...JOIN, cluster: { nodes: [address] } } });
        await ok(node, '/v1/cluster');
      }
      const fields = { replication: true, proxy_policy: 'all-nodes', port: DATABASE_PORT };
      await makeDatabase(first, { ...fields, authentication_redis_pass: PASSWORD });
      const ports = await Promise.all(others.map(({ name }) => publishedPort(name, DATABASE_PORT)));
      const survivors = ports.map((port) => redis(port));
      await survivors[0]?.set('kept', 'yes');
      expect(await survivors[0]?.wait(1, 0)).toBe(1);
      await docker(['kill', first.name]);
      await until(async () => {
        const shards = await ok<{ role: string; node_uid: string }[]>(others[0] ?? first, '/v1/shards');
        expect(shards.find(({ role }) => role === 'master')?.node_uid).not.toBe('1');
      });
      for (const client of survivors) expect(await client.get('kept')).toBe('yes');
      await docker(['start', first.name]);
      await until(async () => {
        expect((await stateIn(others[0]?.name ?? '')).nodes.map(({ alive }) => alive)).toEqual([true, true, true]);
      });
    } finally {
      await removeContainers();
      await docker(['network', 'rm', network]);
    }
  });

  test('a killed container comes back as the node that it was', async () => {
    const node = await start('redislabs/redis');
    await makeCluster(node);
    await makeDatabase(node, { port: DATABASE_PORT, authentication_redis_pass: PASSWORD, data_persistence: 'aof' });
    await redis(await publishedPort(node.name, DATABASE_PORT)).set('kept', 'yes');
    await docker(['kill', node.name]);
    await docker(['start', node.name]);
    const again = { ...node, url: `https://127.0.0.1:${String(await publishedPort(node.name, 9443))}` };
    expect(await ok(again, '/v1/bdbs')).toMatchObject([{ status: 'active' }]);
    const client = redis(await publishedPort(node.name, DATABASE_PORT));
    await until(async () => {
      expect(await client.get('kept')).toBe('yes');
    });
  });

  test('behaves as an image made from it says', async () => {
    const message = 'costs $5 "more"';
    const bootstrap = { errorCode: 'path_error', message } as const;
    const node = await start(await enterpriseImage({ family: '7.4', delays: { start: 0 }, troubles: { bootstrap } }));
    await ok(node, '/v1/bootstrap/create_cluster', { body: CREATE });
    await until(async () => {
      const status = await ok<object>(node, '/v1/bootstrap');
      expect(status).toMatchObject({ bootstrap_status: { error_code: 'path_error', error_details: { message } } });
      expect(status).toMatchObject({ local_node_info: { software_version: RELEASES['7.4'].software } });
    });
  });

  test('ends in the middle of a bootstrap', async () => {
    const node = await start(await enterpriseImage({ troubles: { bootstrap: 'dies' } }));
    await ok(node, '/v1/bootstrap/create_cluster', { body: CREATE });
    await until(async () => {
      const { output } = await docker(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', node.name]);
      expect(output).toBe('exited 1');
    });
  });
});
