/** Redis Enterprise as a user goes through it with the built CLI: up, service, databases, down, and no password seen. */
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaks, leakyFiles, watchCommandLines, type CommandLinesWatch } from '../support/secret-leaks.ts';
import { BIN } from '../support/cli.ts';
import { commandsIn } from '../support/commands.ts';
import { checkExchanges, contractsMissing } from '../support/contracts.ts';
import { skipped } from '../support/docker.ts';
import { everythingIn, inspectOurs } from '../support/docker-state.ts';
import { exchangesIn } from '../support/enterprise-image.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { formsOf, passwordsIn } from '../support/passwords.ts';

const NODE = 'redisdemo-enterprise-1';

const { port } = await enterprisePorts();
const UP = ['enterprise', 'up', '--port', String(port), '--api-port', 'auto', '--ui-port', 'auto'];

/** What `up` asks, but for the same again while it waits. */
const MOST_QUESTIONS = 32;

describe.skipIf(ownEngineMissing !== undefined)(`an Enterprise journey${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let before: readonly string[];
  let watch: CommandLinesWatch;
  const said: string[] = [];
  const services = { local: 0, container: 0 };

  beforeAll(async () => {
    sandbox = await openSandbox();
    before = await everythingIn(sandbox);
    watch = await watchCommandLines();
    [services.local, services.container] = await Promise.all([freePort(), freePort()]);
  });
  afterAll(() => sandbox.close());

  /** What it says is kept, to be searched for passwords. */
  const redisdemo = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await commandsIn(sandbox).redisdemo(args);
    said.push(stdout + stderr);
    return stdout;
  };
  const ask = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    return (JSON.parse(await redisdemo(...args, '--json')) as { data: Readonly<Record<string, unknown>> }).data;
  };

  it('enterprise up makes a network, a container, a cluster and a database', async () => {
    const data = await ask(...UP, '--explain');
    expect(data).toMatchObject({ host: '127.0.0.1', port, user: 'default' });
    expect(await sandbox.things()).toEqual([`container ${NODE}`, 'network redisdemo']);
    const asked = (await exchangesIn(NODE, sandbox.env)).map(({ method, path, query }) => `${method} ${path}${query}`);
    expect(asked.filter((request, at) => request !== asked[at - 1]).length).toBeLessThan(MOST_QUESTIONS);
  });

  it('the same again creates nothing, and only asks', async () => {
    const there = await everythingIn(sandbox);
    const asked = (await exchangesIn(NODE, sandbox.env)).length;
    expect(await ask(...UP)).toMatchObject({ port, created: [] });
    expect(await everythingIn(sandbox)).toEqual(there);
    const second = (await exchangesIn(NODE, sandbox.env)).slice(asked);
    expect(new Set(second.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(second.length).toBeLessThan(MOST_QUESTIONS / 2);
  });

  it('status says what the licence leaves, and what the database does', async () => {
    expect(await ask('enterprise', 'status')).toMatchObject({
      state: 'ready',
      nodes: 1,
      cluster: {
        name: 'redisdemo.local',
        daysLeft: 30,
        shardsUsed: 1,
        shardsLimit: 4,
        databases: [{ name: 'redisdemo', status: 'active', port, memoryBytes: expect.any(Number) as number }],
      },
    });
    expect(await redisdemo('enterprise', 'status')).toMatch(/1 of 4 shards, 30 days left\n/);
    expect(await redisdemo('enterprise', 'logs')).toContain('job_scheduler entered RUNNING state');
  });

  it('eval "$(redisdemo env --db enterprise --reveal)" is all that a shell needs to connect', async () => {
    const script =
      'eval "$("$0" "$1" env --db enterprise --reveal)" && export REDISCLI_AUTH="$REDISPASS" && redis-cli -h "$REDISHOST" -p "$REDISPORT" ping';
    const { stdout } = await execa('sh', ['-c', script, process.execPath, BIN], { env: sandbox.env });
    expect(stdout).toBe('PONG');
  });

  it('up --db enterprise runs the service on this machine and in a container, and the smoke test holds', async () => {
    for (const target of ['local', 'container'] as const) {
      const run = ['up', '--db', 'enterprise', '--on', target, '--port', String(services[target])];
      expect(await ask(...run)).toMatchObject({ passed: true });
    }
  });

  it('RedisInsight knows it, as containers reach it', async () => {
    const insight = await freePort();
    const run = ['insight', 'up', '--accept-terms', '--port', String(insight)];
    expect(await ask(...run)).toMatchObject({ databases: ['redisdemo enterprise'] });
    const databases = await fetch(`http://127.0.0.1:${String(insight)}/api/databases`);
    expect(await databases.json()).toMatchObject([
      { host: 'redisdemo-enterprise', port, name: 'redisdemo enterprise' },
    ]);
    await redisdemo('insight', 'down');
  });

  it('status finds every stage ready', async () => {
    const { stages } = (await ask('status')) as { stages: readonly { name: string; state: string }[] };
    const states = Object.fromEntries(stages.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ enterprise: 'ready', container: 'ready', local: 'ready' });
  });

  it('a database more: as asked, found again, compared field by field, listed, shown, and deleted', async () => {
    const create = ['enterprise', 'database', 'create', 'more', '--port', '19876', '--memory', '50mb'];
    const options = [...create, '--persistence', 'snapshot', '--eviction', 'allkeys-lru', '--tls'];
    const made = await ask(...options);
    // Docker publishes no port after the start.
    expect(made).toMatchObject({ name: 'more', port: 19_876, tls: 'enabled', persistence: 'snapshot', host: null });
    expect(await ask(...options)).toMatchObject({ created: [] });
    const other = await sandbox.run([...create, '--json']);
    expect(other.exitCode).toBe(5);
    expect(JSON.parse(other.stdout)).toMatchObject({
      error: {
        code: 'differs',
        details: {
          differences: [
            'persistence: is snapshot, asked for aof',
            'eviction: is allkeys-lru, asked for noeviction',
            'TLS: is enabled, asked for disabled',
          ],
        },
      },
    });
    const { databases } = (await ask('enterprise', 'database', 'list')) as { databases: readonly { name: string }[] };
    expect(databases.map(({ name }) => name)).toEqual(['redisdemo', 'more']);
    expect(await ask('enterprise', 'database', 'show', 'more')).toMatchObject({ memoryBytes: 50 * 1024 * 1024 });
    expect(await ask('enterprise', 'database', 'delete', 'more', '--yes')).toMatchObject({ deleted: true });
    expect(await ask('enterprise', 'database', 'delete', 'more', '--yes')).toMatchObject({ deleted: false });
  });

  it('a database with TLS on the published port is reached with the certificate of the cluster', async () => {
    await redisdemo('enterprise', 'database', 'delete', '--yes');
    const made = await ask('enterprise', 'database', 'create', 'secure', '--tls');
    expect(made).toMatchObject({ port, host: '127.0.0.1', serverName: `redis-${String(port)}.redisdemo.local` });
    expect(made['caFile']).toMatch(/enterprise\.databases\.pem$/);
    await redisdemo('enterprise', 'database', 'delete', 'secure', '--yes');
    expect(await ask('enterprise', 'database', 'create')).toMatchObject({ name: 'redisdemo', port, host: '127.0.0.1' });
  });

  it.skipIf(contractsMissing !== '')(`every request and answer keeps to the contracts${contractsMissing}`, async () => {
    const exchanges = await exchangesIn(NODE, sandbox.env);
    expect(exchanges.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['POST /v1/bootstrap/create_cluster', 'POST /v1/bdbs', 'DELETE /v1/bdbs/2']),
    );
    expect(checkExchanges(exchanges)).toEqual([]);
  });

  it('no password is in an argument, an output, an inspection, or a file that others can read', async () => {
    const passwords = await passwordsIn(sandbox.home);
    expect([...passwords.keys()].sort()).toEqual(['enterprise-admin-password', 'enterprise.redisdemo-password']);
    const programs = await watch.stop();
    expect(programs.some((line) => line.includes('enterprise up'))).toBe(true);
    const printed = await redisdemo(...UP, '--user', 'app', '--print');
    const inspected = JSON.stringify(await inspectOurs(sandbox));
    expect(leaks([...programs, ...said, printed, inspected], formsOf(passwords))).toEqual([]);
    expect(await leakyFiles(sandbox.home, formsOf(passwords))).toEqual([]);
  });

  it('down takes everything away, and leaves nothing', async () => {
    const { removed } = await ask('down', '--yes');
    expect(removed).toContain(`container ${NODE}`);
    expect(await everythingIn(sandbox)).toEqual(before);
    expect(await ask('enterprise', 'down')).toEqual({ removed: [], kept: [] });
    expect(await ask('enterprise', 'status')).toMatchObject({ state: 'absent', cluster: null });
  });
});
