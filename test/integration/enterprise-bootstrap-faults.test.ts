/** A bootstrap at an address, and what goes wrong with it: each is said, with its exit code, and the next run goes on. */
import type { ClusterOptions } from '../fakes/enterprise/cluster.ts';
import { X509Certificate } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { makeIdentity } from '../fakes/enterprise/certificate.ts';
import { administratorOf } from '../support/enterprise-address.ts';
import { ADMIN, call, ok } from '../support/enterprise-client.ts';
import { fresh, ready } from '../support/enterprise-cluster.ts';
import type { Cluster } from '../fakes/enterprise/cluster.ts';
import type { FaultRule, Troubles } from '../fakes/enterprise/options.ts';
import { redisMissing } from '../fakes/redis-server.ts';

/** https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bootstrap/ */
const ERROR_CODES = [
  ...['config_error', 'connect_error', 'access_denied', 'invalid_license', 'repair_required'],
  ...['insufficient_node_memory', 'insufficient_node_flash', 'time_not_sync', 'rack_id_required'],
  ...['socket_directory_mismatch', 'node_config_mismatch', 'path_error', 'internal_error'],
];
const CREATE = '/v1/bootstrap/create_cluster';
const STRANGER = { ...ADMIN, password: 'another one' };
const INSECURE = ['--insecure'];
const BUSY = { error_code: 'busy', description: 'Try again' };

function sent(cluster: Cluster, path: string): number {
  return cluster.exchanges().filter((exchange) => exchange.path === path).length;
}

/** Somebody else's bootstrap has begun. */
async function begun(cluster: Cluster): Promise<void> {
  const body = { action: 'create_cluster', cluster: { name: 'redisdemo.local' }, credentials: ADMIN };
  while ((await call(cluster, CREATE, { body, login: null }).catch(() => undefined))?.status !== 200);
}

/** Requests with a user that were refused. Five of them lock the account. */
function refusedLogins(cluster: Cluster): number {
  return cluster.exchanges().filter(({ status, headers }) => status === 401 && headers.authorization !== undefined)
    .length;
}

/** What the files about a cluster are called. */
function nameIn({ url }: Cluster): string {
  return new URL(url).host.replace(':', '_');
}

describe.skipIf(redisMissing !== '')(`bootstrap at an address${redisMissing}`, () => {
  test('trust on first use: shown and asked, or given; the certificate of the cluster follows the given one', async () => {
    const cluster = await fresh();
    const { run, home } = await administratorOf(cluster);
    const asked = await run(['bootstrap'], []);
    expect(asked).toMatchObject({ exitCode: 2, error: { code: 'confirmation_needed' } });
    const [, shown = ''] = /--fingerprint (\S+)/.exec(asked.error?.hint ?? '') ?? [];
    expect(asked.stderr).toContain(shown);
    expect(cluster.exchanges()).toEqual([]);
    const made = await run(['bootstrap'], ['--fingerprint', shown]);
    const fingerprint = new X509Certificate(cluster.certificate()).fingerprint256;
    expect(fingerprint).not.toBe(shown);
    expect(made).toMatchObject({ exitCode: 0, data: { created: true, fingerprint } });
    expect(made.stderr).toContain(fingerprint);
    // The same command, with the fingerprint of before; the new one; and none, for it is pinned.
    for (const trust of [['--fingerprint', shown], ['--fingerprint', fingerprint], []])
      expect(await run(['bootstrap'], trust)).toMatchObject({ exitCode: 0, data: { created: false, fingerprint } });
    expect(sent(cluster, CREATE)).toBe(1);
    // Another certificate after that is somebody else's.
    await writeFile(join(home, 'certificates', `${nameIn(cluster)}.pem`), makeIdentity('other', 'api').certificate);
    expect(await run(['bootstrap'], [])).toMatchObject({ exitCode: 4, error: { code: 'not_trusted' } });
  });

  test('a node that changes its certificate some time after its bootstrap: the next command meets the one that is pinned', async () => {
    const cluster = await fresh({ troubles: { certificate: 'late' } });
    await ok(cluster, '/v1/bootstrap');
    const { fingerprint256: old } = new X509Certificate(cluster.certificate());
    const { run } = await administratorOf(cluster);
    const made = await run(['bootstrap'], ['--fingerprint', old]);
    const fingerprint = new X509Certificate(cluster.certificate()).fingerprint256;
    expect(fingerprint).not.toBe(old);
    expect(made).toMatchObject({ exitCode: 0, data: { created: true, fingerprint } });
    expect(await run(['database', 'list'], [])).toMatchObject({ exitCode: 0 });
  });

  test('a new cluster that does not know its user yet is asked again, and not made twice', async () => {
    const cluster = await fresh({ delays: { swap: 2400 } });
    await ok(cluster, '/v1/bootstrap');
    const { fingerprint256: old } = new X509Certificate(cluster.certificate());
    const { run } = await administratorOf(cluster);
    const made = await run(['bootstrap'], ['--fingerprint', old]);
    expect(made.error).toBeUndefined();
    expect(made).toMatchObject({ exitCode: 0, data: { created: true } });
    expect(sent(cluster, CREATE)).toBe(1);
    expect(refusedLogins(cluster)).toBeLessThan(3);
  });

  test('a bootstrap that was interrupted before the new certificate was pinned continues, and not without that record', async () => {
    const cluster = await fresh();
    await ok(cluster, '/v1/bootstrap');
    const before = cluster.certificate();
    const { fingerprint256: old } = new X509Certificate(before);
    const { run, home } = await administratorOf(cluster);
    const file = join(home, 'certificates', `${nameIn(cluster)}.pem`);
    expect(await run(['bootstrap'], ['--fingerprint', old])).toMatchObject({ exitCode: 0 });
    await writeFile(file, before);
    expect(await run(['bootstrap'], ['--fingerprint', old])).toMatchObject({ exitCode: 0, data: { created: false } });
    await writeFile(file, before);
    await rm(`${file}.before`);
    expect(await run(['bootstrap'], ['--fingerprint', old])).toMatchObject({ exitCode: 4 });
  });

  test('the node is told the address that clients use: the one in --url, or that of its name', async () => {
    for (const [host, told] of [
      ['127.0.0.2', ['127.0.0.2']],
      ['localhost', ['127.0.0.1']],
    ] as const) {
      const cluster = await fresh({ nodes: 2 });
      const node = cluster.nodes.find(({ address }) => address === host) ?? cluster;
      const { run } = await administratorOf({ ...cluster, url: node.url.replace(/\/\/[\d.]+/, `//${host}`) });
      expect(await run(['bootstrap'], INSECURE)).toMatchObject({ exitCode: 0 });
      const { body } = cluster.exchanges().find(({ path }) => path === CREATE) ?? {};
      expect(body).toMatchObject({ node: { identity: { external_addr: told } } });
    }
  });

  test('an authority that signed the certificate is enough, under its own name', async () => {
    const cluster = await fresh();
    const body = { action: 'create_cluster', cluster: { name: 'localhost' }, credentials: ADMIN };
    await ok(cluster, CREATE, { body, login: null });
    await ok(cluster, '/v1/cluster');
    const named = { ...cluster, url: cluster.url.replace('127.0.0.1', 'localhost') };
    const { run, folder } = await administratorOf(named);
    await writeFile(join(folder, 'ca.pem'), cluster.certificate());
    expect(await run(['database', 'list'], ['--ca-file', 'ca.pem'])).toMatchObject({ exitCode: 0 });
    const other = await administratorOf(cluster);
    await writeFile(join(other.folder, 'ca.pem'), cluster.certificate());
    expect(await other.run(['database', 'list'], ['--ca-file', 'ca.pem'])).toMatchObject({
      exitCode: 4,
      error: { code: 'not_trusted', hint: expect.stringContaining('--fingerprint') as string },
    });
  });

  test('the printed script stops at the certificate of the cluster, and goes on when a person has trusted it', async () => {
    const cluster = await fresh();
    const { run, folder } = await administratorOf(cluster);
    const script = String((await run(['bootstrap', '--print'])).data?.['script']);
    const file = join(folder, 'x.sh');
    await writeFile(file, script);
    const first = await execa('sh', [file], { reject: false });
    expect(first.exitCode).toBe(4);
    expect(first.stderr.toUpperCase()).toContain(new X509Certificate(cluster.certificate()).fingerprint256);
    const [, trust = ''] = /if it is right: (.*)/.exec(first.stderr) ?? [];
    await execa('sh', ['-c', trust]);
    expect((await execa('sh', [file])).exitCode).toBe(0);
    expect(sent(cluster, CREATE)).toBe(1);
  });

  test('another certificate than the expected one, and than the pinned one: 4', async () => {
    const cluster = await fresh();
    const { run } = await administratorOf(cluster);
    const other = Array.from({ length: 32 }, () => 'AB').join(':');
    expect(await run(['bootstrap'], ['--fingerprint', other])).toMatchObject({
      exitCode: 4,
      error: { code: 'not_trusted', message: expect.stringContaining(`expected ${other}`) as string },
    });
    // Pins the certificate of now, and there is no cluster.
    for (const args of [['list'], ['create']])
      expect(await run(['database', ...args])).toMatchObject({
        exitCode: 1,
        error: { hint: expect.stringContaining('redisdemo enterprise bootstrap') as string },
      });
    await run(['bootstrap'], INSECURE);
    expect(await run(['database', 'list'], [])).toMatchObject({ exitCode: 4, error: { code: 'not_trusted' } });
  });

  test.each(ERROR_CODES)(
    'the bootstrap fails with %s: 1; the next run says so, and begins again',
    async (errorCode) => {
      const cluster = await fresh({ troubles: { bootstrap: { errorCode, message: 'its own words', times: 1 } } });
      const { run } = await administratorOf(cluster);
      const failed = await run(['bootstrap'], INSECURE);
      expect(failed).toMatchObject({
        exitCode: 1,
        error: {
          code: 'system_failed',
          message: `The bootstrap failed: ${errorCode}, its own words.`,
          details: { code: errorCode },
        },
      });
      expect(failed.error?.hint).not.toBe('');
      expect(failed.stderr).toContain('--insecure: whoever answers');
      const again = await run(['bootstrap'], INSECURE);
      expect(again).toMatchObject({ exitCode: 0, data: { created: true } });
      expect(again.stderr).toContain(`the last bootstrap failed (${errorCode}, its own words): it is started again`);
    },
  );

  test.each<[string, Partial<ClusterOptions>]>([
    ['beforehand', { troubles: { validation: { errorCode: 'path_error' } } }],
    ['to its face', { faults: [{ path: CREATE, fault: { kind: 'answer', status: 400, body: BUSY } }] }],
    ['later', { troubles: { bootstrap: { errorCode: 'config_error' } } }],
  ])('a node that refuses %s is expected to show no other certificate', async (_title, options) => {
    const cluster = await fresh(options);
    await ok(cluster, '/v1/bootstrap');
    const { run, home } = await administratorOf(cluster);
    expect(await run(['bootstrap'])).toMatchObject({ exitCode: 1 });
    const certificates = await readdir(join(home, 'certificates'));
    expect(certificates).toContain(`${nameIn(cluster)}.pem`);
    expect(certificates.filter((name) => name.endsWith('.before'))).toEqual([]);
  });

  test('a role that is too small is not a wrong password: 4, and nothing is offered for deletion', async () => {
    const cluster = await fresh({ faults: [{ path: '/v1/cluster', fault: { kind: 'answer', status: 403 } }] });
    await begun(cluster);
    await ok(cluster, '/v1/nodes');
    const { run } = await administratorOf(cluster);
    const outcome = await run(['bootstrap']);
    expect(outcome).toMatchObject({ exitCode: 4, error: { code: 'not_permitted' } });
    expect(outcome.error?.message).toContain('its role is too small');
  });

  test.each<[string, Troubles, number, string]>([
    ['refuses beforehand', { validation: { errorCode: 'path_error', message: 'no such path' } }, 1, 'no such path'],
    ['answers HTML only', { start: 'html' }, 6, 'status 502'],
    ['says nothing', { start: 'silent' }, 6, 'no answer yet'],
    ['never ends', { bootstrap: 'stuck' }, 6, 'state creating_cluster'],
  ])('a node that %s', async (_title, troubles, exitCode, words) => {
    const cluster = await fresh({ troubles });
    const { run } = await administratorOf(cluster);
    const outcome = await run(['bootstrap', '--timeout', '5s'], INSECURE);
    expect(outcome).toMatchObject({ exitCode, error: { message: expect.stringContaining(words) as string } });
    expect(outcome.error?.hint).toMatch(/run the same command again|Nothing was changed/);
    expect(sent(cluster, CREATE)).toBe(words === 'state creating_cluster' ? 1 : 0);
  });

  test.each<[string, FaultRule]>([
    ['429, once', { path: '/v1/bootstrap', nth: [1], fault: { kind: 'answer', status: 429, body: BUSY } }],
    ['500, once', { path: CREATE, nth: [1], fault: { kind: 'answer', status: 500, body: BUSY } }],
    ['a reset', { path: CREATE, nth: [1], fault: { kind: 'reset' } }],
    ['a reset in the middle of the answer', { path: CREATE, nth: [1], fault: { kind: 'cut' } }],
    ['HTML, once', { path: '/v1/modules', nth: [1], fault: { kind: 'answer', status: 200, body: '<html>' } }],
  ])('%s is waited out, and one cluster is made', async (_title, rule) => {
    const cluster = await fresh({ faults: [rule] });
    const { run } = await administratorOf(cluster);
    expect(await run(['bootstrap'], INSECURE)).toMatchObject({ exitCode: 0, data: { created: true } });
    expect(cluster.state()?.nodes).toHaveLength(1);
  });

  test('a bootstrap that somebody else has begun is waited for', async () => {
    // Without the seconds in which the right password is refused: they may be all that this run meets.
    const cluster = await fresh({ delays: { bootstrap: 600, swap: 0 } });
    await begun(cluster);
    const { run } = await administratorOf(cluster);
    expect(await run(['bootstrap'], INSECURE)).toMatchObject({ exitCode: 0, data: { created: false } });
    expect(cluster.exchanges().filter(({ path, status }) => path === CREATE && status === 200)).toHaveLength(1);
  });

  test.each<[string, typeof ADMIN, object, number]>([
    ['is asked again', ADMIN, { exitCode: 0, data: { created: false } }, 1],
    ['is not asked until the account is locked', STRANGER, { exitCode: 5, error: { code: 'password_differs' } }, 3],
  ])('a cluster of somebody else that does not know its users yet %s', async (_title, login, outcome, refused) => {
    const creating = { bootstrap_status: { state: 'creating_cluster', start_time: null, end_time: null } };
    const cluster = await fresh({
      delays: { swap: 0 },
      faults: [
        { path: '/v1/bootstrap', nth: [1], fault: { kind: 'answer', status: 200, body: creating } },
        { path: '/v1/cluster', nth: [1], fault: { kind: 'answer', status: 401 } },
      ],
    });
    await begun(cluster);
    while ((await call(cluster, '/v1/nodes').catch(() => undefined))?.status !== 200);
    const { run } = await administratorOf(cluster, login);
    expect(await run(['bootstrap'], INSECURE)).toMatchObject(outcome);
    expect(refusedLogins(cluster)).toBe(refused);
  });

  test("somebody else's cluster: 5, after one wrong password, and nothing of ours is offered for removal", async () => {
    const cluster = await ready();
    // Whoever made it may have asked before it knew its user.
    const before = refusedLogins(cluster);
    const { run } = await administratorOf(cluster, STRANGER);
    const outcome = await run(['bootstrap']);
    expect(outcome).toMatchObject({ exitCode: 5, error: { code: 'password_differs' } });
    expect(outcome.error?.hint).not.toContain('down');
    expect(refusedLogins(cluster) - before).toBe(1);
  });

  test('one request that is never answered is given up, and asked again', async () => {
    const rule: FaultRule = { path: '/v1/bootstrap', nth: [1], fault: { kind: 'silence' } };
    const cluster = await fresh({ faults: [rule] });
    const { run } = await administratorOf(cluster);
    const outcome = await run(['bootstrap'], INSECURE);
    expect(outcome).toMatchObject({ exitCode: 0, data: { created: true } });
  });
});
