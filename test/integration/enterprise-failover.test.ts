/** A node that serves the database dies while the service is used: how long users see errors, and the cluster afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandsIn, type Commands } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { enterpriseImage, stateIn } from '../support/enterprise-image.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import type { EngineProxy } from '../fakes/engine-proxy.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { engineWithMemory } from '../support/engine-with-memory.ts';

const { options } = await enterprisePorts();
const up = ['enterprise', 'up', ...options];
/** Nodes that are slow because the machine is busy are not taken for dead. */
const SLOW_TO_JUDGE = { delays: { failover: 1500 } };

describe.skipIf(ownEngineMissing !== undefined)(`failover${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let engine: EngineProxy;
  let ask: Commands['ask'];
  let steady: readonly string[];
  beforeAll(async () => {
    sandbox = await openSandbox();
    // Three nodes of the real product need more memory than machines that run tests have.
    engine = await engineWithMemory(sandbox, 64e9);
    steady = [...up, '--image', await enterpriseImage(SLOW_TO_JUDGE, sandbox.engine.env)];
    ask = (args) => commandsIn(sandbox).ask(args, { DOCKER_HOST: engine.host });
  });
  afterAll(async () => {
    await engine.close();
    await sandbox.close();
  });

  it('needs a node that takes over', async () => {
    await ask(steady);
    const { exitCode, stdout } = await sandbox.run(['enterprise', 'failover', '--json']);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('With one node nothing can take over.');
    await ask(['enterprise', 'down', '--yes']);
  });

  it('says how long the service saw errors, and the cluster is whole again', async () => {
    await ask([...steady, '--nodes', '3']);
    const port = String(await freePort());
    await ask(['deploy', 'container', '--db', 'enterprise', '--port', port]);
    const report = await ask(['enterprise', 'failover', '--url', `http://127.0.0.1:${port}`]);
    expect(report).toMatchObject({ killed: expect.stringMatching(/^redisdemo-enterprise-[123]$/) as string });
    const { firstErrorMs, errorsMs, runs, failedRuns } = report as Readonly<Record<string, number>>;
    expect(firstErrorMs).toBeGreaterThanOrEqual(0);
    expect(errorsMs).toBeGreaterThan(0);
    expect(failedRuns).toBeGreaterThan(0);
    expect(runs).toBeGreaterThan(failedRuns ?? 0);

    expect((await stateIn('redisdemo-enterprise-2', sandbox.env)).nodes.map(({ alive }) => alive)).toEqual([
      true,
      true,
      true,
    ]);
    expect(await ask(['smoke', '--url', `http://127.0.0.1:${port}`])).toMatchObject({ passed: true });
    expect(await ask(['enterprise', 'status'])).toMatchObject({ state: 'ready', nodes: 3, cluster: { shardsUsed: 2 } });
    expect(await ask([...steady, '--nodes', '3'])).toMatchObject({ created: [] });
  });

  it('nodes that come back at other addresses: 5, with the one who has them now; the hint gives them back', async () => {
    const nodes = [1, 2, 3].map((node) => `redisdemo-enterprise-${String(node)}`);
    await sandbox.docker('kill', ...nodes);
    await sandbox.docker(
      ...['run', '--detach', '--name', 'stranger', '--network', 'redisdemo'],
      ...['--entrypoint', 'sleep', 'redislabs/redis', '1000'],
    );
    const again = [...steady, '--nodes', '3'];
    const moved = await sandbox.run([...again, '--json'], { DOCKER_HOST: engine.host });
    expect(moved.exitCode).toBe(5);
    const { error } = JSON.parse(moved.stdout) as { readonly error: Readonly<Record<string, string>> };
    expect(error).toMatchObject({
      code: 'address_changed',
      message: expect.stringMatching(/which stranger has now/) as string,
    });
    expect(await ask(['enterprise', 'status'])).toMatchObject({ state: 'partial' });
    const [, stop = ''] = /(docker stop [\w\- ]+) && /.exec(error['hint'] ?? '') ?? [];
    expect(stop).toBe(`docker stop stranger ${nodes.join(' ')}`);
    await sandbox.docker('kill', 'stranger', nodes[0] ?? '');
    expect(await ask(again)).toMatchObject({
      created: expect.arrayContaining([`start container ${String(nodes[2])}`]) as string[],
    });
    expect(await ask(['enterprise', 'status'])).toMatchObject({ state: 'ready', nodes: 3 });
    await sandbox.docker('rm', '--force', 'stranger');
  });

  it('fewer nodes than there are is a conflict; down takes all of them', async () => {
    const fewer = await sandbox.run([...steady, '--nodes', '2', '--json'], { DOCKER_HOST: engine.host });
    expect(fewer.exitCode).toBe(5);
    expect(fewer.stdout).toContain('The cluster has 3 nodes; 2 asked for.');
    await ask(['down', '--yes']);
    expect(await sandbox.things()).toEqual([]);
  });
});
