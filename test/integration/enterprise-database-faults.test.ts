/** A database on a cluster, and what goes wrong with it: each is said, with its exit code, and nothing is half made. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClusterOptions } from '../fakes/enterprise/cluster.ts';
import type { FaultRule } from '../fakes/enterprise/options.ts';
import { redisMissing } from '../fakes/redis-server.ts';
import { checkExchanges, contractsMissing } from '../support/contracts.ts';
import { administratorOf } from '../support/enterprise-address.ts';
import { ADMIN, makeDatabase } from '../support/enterprise-client.ts';
import { ready } from '../support/enterprise-cluster.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { listening } from '../support/sockets.ts';

const ALL = '/v1/bdbs';
/** For what never changes: time for some questions, however slow they are. */
const LIMIT = ['--timeout', '5s'];

/** What the command asks for by itself. */
const LIKE_OURS = {
  authentication_redis_pass: 'database secret',
  data_persistence: 'aof',
  eviction_policy: 'noeviction',
  memory_size: 100 * 1024 * 1024,
};

/** Every POST of a database is answered so; the dry run is one too. */
function answered(status: number, error_code: string, nth?: readonly number[]): FaultRule {
  const fault = { kind: 'answer', status, body: { error_code, description: 'its own words' } } as const;
  return { method: 'POST', path: ALL, fault, ...(nth && { nth }) };
}

interface Case {
  readonly title: string;
  readonly options: ClusterOptions;
  readonly exitCode: number;
  readonly code: string;
  readonly words: string;
  readonly next: string;
}

const REFUSALS: readonly Case[] = [
  {
    ...{ title: 'the licence has expired', options: { troubles: { licenceExpired: true } } },
    ...{ exitCode: 3, code: 'license_expired', words: 'has expired', next: 'web interface' },
  },
  {
    ...{ title: 'the licence has no shard left', options: { troubles: { shardsLimit: 0 } } },
    ...{ exitCode: 3, code: 'quota_exceeded', words: 'this database needs 1', next: 'database list' },
  },
  {
    ...{ title: 'there is not enough memory', options: { troubles: { freeRam: 50_000_000 } } },
    ...{ exitCode: 3, code: 'not_enough_memory', words: '50 MB free', next: '--memory' },
  },
  {
    ...{ title: '403', options: { faults: [answered(403, 'forbidden')] } },
    ...{ exitCode: 4, code: 'not_permitted', words: 'its role is too small', next: '--user NAME --password-file FILE' },
  },
  {
    ...{ title: '406 insufficient_resources', options: { faults: [answered(406, 'insufficient_resources')] } },
    ...{ exitCode: 3, code: 'not_enough_memory', words: 'insufficient_resources, its own words', next: '--memory' },
  },
  {
    ...{ title: '406 port_unavailable', options: { faults: [answered(406, 'port_unavailable')] } },
    ...{ exitCode: 5, code: 'port_taken', words: 'port_unavailable', next: '--port' },
  },
  {
    ...{ title: '406 missing_module', options: { faults: [answered(406, 'missing_module')] } },
    ...{ exitCode: 3, code: 'json_module_missing', words: 'missing_module', next: 'image' },
  },
  {
    ...{ title: '406 invalid_version for good', options: { faults: [answered(406, 'invalid_version')] } },
    ...{ exitCode: 1, code: 'system_failed', words: 'invalid_version', next: 'run the same command again' },
  },
  {
    ...{ title: '406 of a kind that nobody knows', options: { faults: [answered(406, 'surprise')] } },
    ...{ exitCode: 1, code: 'system_failed', words: 'surprise, its own words', next: 'web interface' },
  },
  {
    ...{ title: '409 for good', options: { faults: [answered(409, 'cluster_busy')] } },
    ...{ exitCode: 6, code: 'retries_exhausted', words: '409, cluster_busy', next: 'same command again' },
  },
  {
    ...{ title: '429 for good', options: { faults: [answered(429, 'too_many')] } },
    ...{ exitCode: 6, code: 'retries_exhausted', words: '429', next: 'same command again' },
  },
  {
    ...{ title: '500 for good', options: { faults: [answered(500, 'internal')] } },
    ...{ exitCode: 6, code: 'retries_exhausted', words: '500', next: 'same command again' },
  },
];

const HALF: readonly (Case & { readonly trouble: 'stuck' | 'fails' | 'unreachable' })[] = [
  {
    ...{ title: 'it never becomes active', trouble: 'stuck', options: {} },
    ...{ exitCode: 6, code: 'timeout', words: 'status pending', next: 'database delete' },
  },
  {
    ...{ title: 'its creation fails', trouble: 'fails', options: {} },
    ...{ exitCode: 1, code: 'system_failed', words: 'creation-failed', next: 'database delete' },
  },
  {
    ...{ title: 'this machine does not reach it', trouble: 'unreachable', options: {} },
    ...{
      exitCode: 6,
      code: 'timeout',
      words: 'active, but this machine does not reach it at 127.0.0.1',
      next: 'database delete',
    },
  },
];

describe.skipIf(redisMissing !== '')(`databases and their faults${redisMissing}`, () => {
  test.each(REFUSALS)('$title: $exitCode', async ({ options, exitCode, code, words, next }) => {
    const cluster = await ready(options);
    const { run } = await administratorOf(cluster);
    const outcome = await run(['database', 'create', 'demo', '--port', await port(), ...LIMIT]);
    expect(outcome).toMatchObject({
      exitCode,
      error: { code, message: expect.stringContaining(words) as string, hint: expect.stringContaining(next) as string },
    });
    expect(cluster.state()?.databases).toEqual([]);
  });

  test.each(HALF)('$title: $exitCode, and it can be deleted', async ({ trouble, exitCode, code, words, next }) => {
    const cluster = await ready({ troubles: { database: trouble } });
    const { run } = await administratorOf(cluster);
    const outcome = await run(['database', 'create', 'demo', '--port', await port(), ...LIMIT]);
    expect(outcome).toMatchObject({
      exitCode,
      error: { code, message: expect.stringContaining(words) as string, hint: expect.stringContaining(next) as string },
    });
    if (trouble === 'stuck') return; // a pending database is busy for the cluster too
    expect(await run(['database', 'delete', 'demo', '--yes'])).toMatchObject({ data: { deleted: true } });
    expect(cluster.state()?.databases).toEqual([]);
  });

  test('a wrong password: 4', async () => {
    const { run } = await administratorOf(await ready(), { ...ADMIN, password: 'wrong' });
    expect(await run(['database', 'create', 'demo'])).toMatchObject({ exitCode: 4, error: { code: 'not_permitted' } });
    expect(await run(['database', 'list'])).toMatchObject({ exitCode: 4 });
  });

  test.each<[string, ClusterOptions]>([
    ['406 right after the bootstrap', { delays: { settle: 1500 } }],
    ['409, twice', { faults: [answered(409, 'cluster_busy', [1, 3])] }],
    ['429, once', { faults: [answered(429, 'too_many', [2])] }],
    ['500, once', { faults: [answered(500, 'internal', [1])] }],
    ['503 to a question', { faults: [{ path: '/v1/license', nth: [1], fault: { kind: 'answer', status: 503 } }] }],
    ['a reset', { faults: [{ method: 'POST', path: ALL, nth: [2], fault: { kind: 'reset' } }] }],
    [
      'a reset in the middle of the answer',
      { faults: [{ method: 'POST', path: ALL, nth: [2], fault: { kind: 'cut' } }] },
    ],
  ])('%s is waited out; one database is made, and reached', async (_title, options) => {
    const cluster = await ready(options);
    const { run } = await administratorOf(cluster);
    const create = ['database', 'create', 'demo', '--port', await port()];
    const outcome = await run(create);
    expect(outcome.error).toBeUndefined();
    expect(outcome).toMatchObject({ exitCode: 0, data: { status: 'active', host: '127.0.0.1' } });
    expect(cluster.state()?.databases).toHaveLength(1);
    expect(await run(create)).toMatchObject({ exitCode: 0, data: { created: [] } });
    if (contractsMissing === '') expect(checkExchanges(cluster.exchanges())).toEqual([]);
  });

  test.each([
    ['protected mode', '-DENIED Redis is running in protected mode\r\n', 'protected mode'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'web server'],
  ])('%s answers where the database should be: that is final', async (_title, answer, words) => {
    const cluster = await ready({ troubles: { database: 'unreachable' } });
    const { run, folder } = await administratorOf(cluster);
    const number = Number(await port());
    const file = join(folder, 'database-password');
    await writeFile(file, 'database secret');
    await makeDatabase(cluster, { ...LIKE_OURS, port: number });
    await listening(
      createServer((socket) => socket.end(answer)),
      number,
    );
    const outcome = await run([
      ...['database', 'create', 'demo', '--port', String(number)],
      ...['--database-password-file', file],
    ]);
    expect(outcome).toMatchObject({
      exitCode: 1,
      error: { code: 'database_unreachable', message: expect.stringContaining(words) as string },
    });
    expect(outcome.error?.message).toContain('reaches something else');
  });

  test('another Redis answers where the new database should be: its password stays, for nobody else has it', async () => {
    const cluster = await ready({ troubles: { database: 'unreachable' } });
    const { run, home } = await administratorOf(cluster);
    const number = Number(await port());
    const server = createServer((socket) => socket.end('-NOAUTH Authentication required.\r\n'));
    const creating = run(['database', 'create', 'demo', '--port', String(number)]);
    await expect.poll(() => cluster.state()?.databases).toHaveLength(1);
    await listening(server, number);
    expect(await creating).toMatchObject({ exitCode: 5, error: { code: 'password_differs' } });
    expect(cluster.state()?.databases).toHaveLength(1);
    expect(await readdir(join(home, 'secrets'))).toContainEqual(expect.stringMatching(/demo-password$/));
  });

  test('a 404 of something in front of the cluster is not a cluster without databases: nothing is removed', async () => {
    const page = { kind: 'answer', status: 404, body: 'default backend - 404' } as const;
    const cluster = await ready({ faults: [{ method: 'GET', path: ALL, fault: page }] });
    const { run, home } = await administratorOf(cluster);
    const secrets = join(home, 'secrets');
    const file = `${new URL(cluster.url).host.replace(':', '_')}.demo-password`;
    await mkdir(secrets, { recursive: true, mode: 0o700 });
    await writeFile(join(secrets, file), 'the only copy', { mode: 0o600 });
    for (const command of [
      ['delete', 'demo', '--yes'],
      ['show', 'demo'],
    ])
      expect(await run(['database', ...command])).toMatchObject({
        exitCode: 1,
        error: { code: 'system_failed', message: expect.stringContaining('404') as string },
      });
    expect(await readdir(secrets)).toContain(file);
  });

  test('a port that the cluster has chosen comes from the endpoints', async () => {
    const cluster = await ready();
    const { run } = await administratorOf(cluster);
    const { port: told, endpoints } = await makeDatabase(cluster, { name: 'chosen' });
    expect(told).toBe(0);
    expect(await run(['database', 'show', 'chosen'])).toMatchObject({ data: { port: endpoints[0]?.port } });
  });

  test('a database that exists with another password: 5, and the cluster is as it was', async () => {
    const cluster = await ready();
    const one = await administratorOf(cluster);
    const create = ['database', 'create', 'demo', '--port', await port()];
    expect(await one.run(create)).toMatchObject({ exitCode: 0 });
    const other = await administratorOf(cluster);
    expect(await other.run(create)).toMatchObject({ exitCode: 5, error: { code: 'password_differs' } });
    const secrets = join(one.folder, 'home', 'secrets');
    const file = (await readdir(secrets)).find((name) => name.endsWith('demo-password')) ?? '';
    const given = ['--database-password-file', join(secrets, file)];
    expect(await other.run([...create, ...given])).toMatchObject({ exitCode: 0 });
    expect(await one.run(create)).toMatchObject({ exitCode: 0, data: { created: [] } });
  });

  test('a busy database is deleted when it is no longer busy', async () => {
    const busy: FaultRule = { ...answered(409, 'db_busy', [1, 2]), method: 'DELETE', path: '/v1/bdbs/*' };
    const { run } = await administratorOf(await ready({ faults: [busy] }));
    expect(await run(['database', 'create', 'demo', '--port', await port()])).toMatchObject({ exitCode: 0 });
    expect(await run(['database', 'delete', 'demo', '--yes'])).toMatchObject({ data: { deleted: true } });
  });

  test.each([
    { family: '7.4', sent: { semantic_version: '2.6.17' }, version: '7.2' },
    { family: '7.22', sent: { semantic_version: '2.8.10' }, version: '7.4' },
  ] as const)(
    '$family: modules are sent with their arguments, for Redis $version',
    async ({ family, sent, version }) => {
      const cluster = await ready({ family });
      const { run } = await administratorOf(cluster);
      const outcome = await run(['database', 'create', 'demo', '--port', await port()]);
      expect(outcome).toMatchObject({ exitCode: 0, data: { redisVersion: version, modules: ['ReJSON', 'search'] } });
      const posts = cluster.exchanges().filter(({ method, path }) => `${method} ${path}` === `POST ${ALL}`);
      const { module_list: modules } = posts[0]?.body as { readonly module_list: readonly object[] };
      expect(modules).toMatchObject([
        { module_name: 'ReJSON', module_args: '', ...sent },
        { module_name: 'search', module_args: '' },
      ]);
    },
  );

  test('a module that only has an id is asked for by it', async () => {
    const modules = ['ReJSON', 'search'].map((module_name) => ({ module_name, uid: `id of ${module_name}` }));
    const listed: FaultRule = { path: '/v1/modules', fault: { kind: 'answer', status: 200, body: modules } };
    const cluster = await ready({ family: '7.4', faults: [listed] });
    const { run } = await administratorOf(cluster);
    await run(['database', 'create', 'demo', '--port', await port()]);
    const { body } = cluster.exchanges().find(({ method, path }) => `${method} ${path}` === `POST ${ALL}`) ?? {};
    const sent = modules.map(({ module_name, uid: module_id }) => ({ module_name, module_args: '', module_id }));
    expect(body).toMatchObject({ redis_version: '7.2', module_list: sent });
  });

  test('a cluster without modules: 3, and nothing is created', async () => {
    const cluster = await ready({ family: '7.22', troubles: { noModules: true } });
    const { run } = await administratorOf(cluster);
    expect(await run(['database', 'create', 'demo'])).toMatchObject({
      exitCode: 3,
      error: { code: 'json_module_missing', message: expect.stringContaining('ReJSON and search') as string },
    });
    expect(cluster.state()?.databases).toEqual([]);
  });

  test('two databases of one name: neither is deleted, shown or taken before the id says which is meant', async () => {
    const cluster = await ready();
    const { run } = await administratorOf(cluster);
    const uids = [await makeDatabase(cluster, {}), await makeDatabase(cluster, {})].map(({ uid }) => uid);
    const both = { code: 'bad_usage', message: expect.stringContaining(`${uids.join(' and ')}.`) as string };
    const hint = expect.stringContaining(`--id ${String(uids[0])}`) as string;
    expect(await run(['database', 'delete', 'demo', '--yes'])).toMatchObject({ exitCode: 2, error: { ...both, hint } });
    expect(await run(['database', 'show', 'demo'])).toMatchObject({ exitCode: 2, error: { ...both, hint } });
    expect(await run(['database', 'create', 'demo'])).toMatchObject({ exitCode: 2, error: both });
    const id = ['--id', String(uids[1])];
    expect(await run(['database', 'show', ...id])).toMatchObject({ exitCode: 0, data: { uid: uids[1] } });
    expect(await run(['database', 'delete', 'other', ...id, '--yes'])).toMatchObject({ data: { deleted: false } });
    expect(await run(['database', 'delete', ...id, '--yes'])).toMatchObject({ data: { deleted: true, name: 'demo' } });
    expect(cluster.state()?.databases.map(({ uid }) => uid)).toEqual([uids[0]]);
    expect(cluster.exchanges().filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  test('a deletion that is answered with 404 is not repeated', async () => {
    const gone: FaultRule = { ...answered(404, 'db_not_exist'), method: 'DELETE', path: '/v1/bdbs/*' };
    const cluster = await ready({ faults: [gone] });
    await makeDatabase(cluster, {});
    const { run } = await administratorOf(cluster);
    expect(await run(['database', 'delete', 'demo', '--yes'])).toMatchObject({
      exitCode: 1,
      error: { message: expect.stringContaining('answers its deletion with 404') as string },
    });
    expect(cluster.exchanges().filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  test.each([
    ['no password', { authentication_redis_pass: '' }, 'password'],
    ['no modules', { redis_version: '7.4' }, 'modules: is none'],
    ['another eviction policy', { eviction_policy: 'allkeys-lru' }, 'eviction: is allkeys-lru'],
  ])('a database of that name with %s differs: 5', async (_title, fields, words) => {
    const cluster = await ready();
    const { run, folder } = await administratorOf(cluster);
    const number = Number(await port());
    const file = join(folder, 'database-password');
    await writeFile(file, 'database secret');
    await makeDatabase(cluster, { ...LIKE_OURS, port: number, ...fields });
    const create = ['database', 'create', 'demo', '--port', String(number), '--database-password-file', file];
    const outcome = await run(create);
    expect(outcome).toMatchObject({ exitCode: 5, error: { code: 'differs' } });
    expect(JSON.stringify(outcome.error)).toContain(words);
    expect(cluster.state()?.databases).toHaveLength(1);
  });

  test('a list that cannot be read: nothing is offered for removal', async () => {
    const unread: FaultRule = { path: ALL, fault: { kind: 'answer', status: 400, body: { error_code: 'odd' } } };
    const { run } = await administratorOf(await ready({ faults: [unread] }));
    const outcome = await run(['database', 'create', 'demo']);
    expect(outcome).toMatchObject({ exitCode: 1, error: { code: 'system_failed' } });
    expect(outcome.error?.hint).not.toContain('delete');
  });
});

async function port(): Promise<string> {
  return String((await enterprisePorts()).port);
}
