/** The databases of the stand-in cluster: TLS, users, figures, and what stays after a restart. */
import { describe, expect, test } from 'vitest';
import { until } from '../support/docker.ts';
import { ADMIN, call, makeDatabase, ok, untilActive } from '../support/enterprise-client.ts';
import { PASSWORD, ready, redis } from '../support/enterprise-cluster.ts';
import type { Cluster } from '../fakes/enterprise/cluster.ts';
import type { Family } from '../fakes/enterprise/options.ts';
import { redisMissing } from '../fakes/redis-server.ts';

const MODULES = [
  { module_name: 'ReJSON', module_args: '' },
  { module_name: 'search', module_args: '' },
];
const APP = { email: 'app@redis.local', name: 'app', password: 'app-secret' };

interface Bound {
  readonly uid: number;
  readonly port: number;
}

async function database(cluster: Cluster, fields: object = {}): Promise<Bound> {
  const all = { authentication_redis_pass: PASSWORD, module_list: MODULES, ...fields };
  const { uid, endpoints } = await makeDatabase(cluster, all);
  return { uid, port: endpoints[0]?.port ?? 0 };
}

/** As the facts describe the way to a user with few rights. */
async function addUser(cluster: Cluster, uid: number, acl: string): Promise<void> {
  const { uid: redis_acl_uid } = await ok<Bound>(cluster, '/v1/redis_acls', { body: { name: 'service', acl } });
  const { uid: role_uid } = await ok<Bound>(cluster, '/v1/roles', { body: { name: 'service', management: 'none' } });
  const body = { roles_permissions: [{ role_uid, redis_acl_uid }], default_user: false };
  await ok(cluster, `/v1/bdbs/${String(uid)}`, { method: 'PUT', body });
  await ok(cluster, '/v1/users', { body: { ...APP, role_uids: [role_uid], auth_method: 'regular' } });
  await untilActive(cluster, uid);
}

describe.skipIf(redisMissing !== '')(`a database of the stand-in cluster${redisMissing}`, () => {
  test('speaks TLS with the certificate that the cluster names', async () => {
    const cluster = await ready();
    const { port } = await database(cluster, { tls_mode: 'enabled', enforce_client_authentication: 'disabled' });
    const { proxy_certificate: ca } = await ok<{ proxy_certificate: string }>(cluster, '/v1/cluster');
    expect(await redis(port, { tls: { ca, servername: 'docker-cluster' } }).ping()).toBe('PONG');
    await expect(redis(port, { retryStrategy: () => null }).ping()).rejects.toThrow('Connection is closed');
    const stranger = redis(port, {
      tls: { ca: cluster.certificate(), servername: 'docker-cluster' },
      retryStrategy: () => null,
    });
    await expect(stranger.ping()).rejects.toThrow('Connection is closed');
  });

  test('wants a certificate of the client, with TLS and the default settings', async () => {
    const cluster = await ready();
    const { port } = await database(cluster, { tls_mode: 'enabled' });
    const { proxy_certificate: ca } = await ok<{ proxy_certificate: string }>(cluster, '/v1/cluster');
    const client = redis(port, { tls: { ca, servername: 'docker-cluster' }, retryStrategy: () => null });
    await expect(client.ping()).rejects.toThrow('Connection is closed');
  });

  test.each<Family>(['7.22', '8.x'])('%s: a user may do what its ACL says, and nothing else', async (family) => {
    const cluster = await ready({ family });
    const { uid, port } = await database(cluster);
    await addUser(cluster, uid, '+ping +json.get +json.set ~user:*');
    const app = redis(port, { username: APP.name, password: APP.password });
    expect(await app.call('JSON.SET', 'user:1', '$', '{"a":1}')).toBe('OK');
    expect(await app.call('JSON.GET', 'user:1')).toBe('{"a":1}');
    await expect(app.call('JSON.SET', 'other', '$', '1')).rejects.toThrow('NOPERM');
    await expect(app.get('user:1')).rejects.toThrow("NOPERM this user has no permissions to run the 'get' command");
    await expect(app.call('FT._LIST')).rejects.toThrow('NOPERM');
    await expect(app.info()).rejects.toThrow('NOPERM');
    await expect(redis(port).ping()).rejects.toThrow('WRONGPASS');
    expect(await call(cluster, '/v1/bdbs', { login: { username: APP.email, password: APP.password } })).toMatchObject({
      status: 403,
    });
  });

  test.each<[Family, string]>([
    ['7.22', 'NOPERM'],
    ['8.x', 'no answer'],
  ])('%s: categories and the commands of modules: %s', async (family, expected) => {
    const cluster = await ready({ family });
    const { uid, port } = await database(cluster);
    await addUser(cluster, uid, '+@read +@write ~*');
    const app = redis(port, { username: APP.name, password: APP.password });
    const answer = await app.call('JSON.SET', 'user:1', '$', '1').catch((error: unknown) => (error as Error).message);
    expect(answer === 'OK' ? 'no answer' : answer).toContain(expected);
  });

  test('names, passwords and rules of users are checked', async () => {
    const cluster = await ready();
    const code = async (path: string, body: object): Promise<unknown> => {
      const { status, body: answer } = await call(cluster, path, { body });
      return [status, (answer as { error_code: string }).error_code];
    };
    expect(await code('/v1/redis_acls', { name: 'x', acl: '>password' })).toEqual([400, 'invalid_param']);
    expect(await code('/v1/redis_acls', { name: 'Full Access', acl: '+get' })).toEqual([400, 'name_already_exists']);
    expect(await code('/v1/roles', { name: 'x' })).toEqual([400, 'missing_field']);
    const user = { email: ADMIN.username, password: 'long enough' };
    expect(await code('/v1/users', user)).toEqual([409, 'email_already_exists']);
    expect(await code('/v1/users', { ...user, password: 'short' })).toEqual([400, 'password_not_complex']);
  });

  test('another password is added, handed out, and the old one removed', async () => {
    const cluster = await ready();
    const { uid, port } = await database(cluster);
    const path = `/v1/bdbs/${String(uid)}/passwords`;
    await ok(cluster, path, { method: 'POST', body: { password: 'new' } });
    expect(await redis(port).ping()).toBe('PONG');
    expect(await redis(port, { password: 'new' }).ping()).toBe('PONG');
    await ok(cluster, path, { method: 'DELETE', body: { password: PASSWORD } });
    await expect(redis(port).ping()).rejects.toThrow('WRONGPASS');
  });

  test('is available, and its figures are those of its server', async () => {
    const cluster = await ready();
    const { uid, port } = await database(cluster);
    const client = redis(port);
    await client.mset({ a: 1, b: 2 });
    await ok(cluster, `/v1/bdbs/${String(uid)}/availability`);
    const stats = await ok<Record<string, unknown>>(cluster, `/v1/bdbs/stats/last/${String(uid)}`);
    expect(stats[String(uid)]).toMatchObject({ no_of_keys: 2, used_memory: expect.any(Number) as number });
    const older = await ready({ family: '7.4' });
    const { uid: other } = await database(older, { redis_version: '7.2' });
    expect(await call(older, `/v1/bdbs/${String(other)}/availability`)).toMatchObject({ status: 404 });
  });

  test('keeps its data over a restart of its node with an append-only file', async () => {
    const cluster = await ready();
    const { port } = await database(cluster, { data_persistence: 'aof' });
    const client = redis(port);
    await client.set('kept', 'yes');
    await cluster.nodes[0]?.kill();
    await cluster.nodes[0]?.restart();
    await until(async () => {
      expect(await client.get('kept')).toBe('yes');
    });
    expect(await ok(cluster, '/v1/bdbs')).toMatchObject([{ status: 'active' }]);
  });
});
