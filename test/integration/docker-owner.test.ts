/** Whose things in Docker are: what another state folder created, what somebody else did, and what is gone. */
import { rename } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CliRun } from '../support/cli.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { runScript } from '../support/printed-script.ts';

const [redis, insight, service] = await Promise.all([freePort(), freePort(), freePort()]);
const STACK = ['stack', 'up', '--image', 'redis:8', '--port', String(redis)];
const INSIGHT = ['insight', 'up', '--accept-terms', '--port', String(insight)];
const SERVICE = ['deploy', 'container', '--db', 'memory', '--port', String(service)];

interface Stage {
  readonly name: string;
  readonly state: string;
  readonly reason?: string;
}

describe.skipIf(ownEngineMissing !== undefined)(`whose things are${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let ask: Commands['ask'];
  let redisdemo: Commands['redisdemo'];
  /** Another person's state folder on the same engine. */
  let other: { readonly REDISDEMO_HOME: string };
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ ask, redisdemo } = commandsIn(sandbox));
    other = { REDISDEMO_HOME: `${sandbox.home}-other` };
  });
  afterEach(() => sandbox.clear());
  afterAll(() => sandbox.close());

  const asOther = (...args: readonly string[]): Promise<CliRun> => sandbox.run(args, other);
  const label = (kind: string, name: string): Promise<string> => {
    const labels = kind === 'container' ? '.Config.Labels' : '.Labels';
    return sandbox.docker(kind, 'inspect', '--format', `{{index ${labels} "redisdemo.home"}}`, name);
  };

  test('what another state folder created is shown as such, and down leaves it alone, data and all', async () => {
    await redisdemo([...STACK, '--password']);
    await redisdemo(INSIGHT);
    await redisdemo(SERVICE);
    const there = await sandbox.things();

    const status = await asOther('status', '--json');
    expect(status.exitCode).toBe(0);
    const { stages } = (JSON.parse(status.stdout) as { data: { stages: readonly Stage[] } }).data;
    expect(stages.filter(({ state }) => state === 'foreign').map(({ name }) => name)).toEqual([
      'stack',
      'insight',
      'container',
    ]);
    const id = await label('container', 'redisdemo-stack');
    expect(stages[0]?.reason).toContain(`was created from another state folder (owner ${id})`);
    expect((await asOther('status')).stdout).not.toContain('redisdemo down');

    const down = await asOther('down', '--volumes', '--yes');
    expect(down.exitCode).toBe(0);
    expect(down.stdout).toContain('There was nothing to remove.');
    expect(down.stdout).toContain(`The container redisdemo-stack was created from another state folder (owner ${id}).`);
    expect(await sandbox.things()).toEqual(there);
    expect(await ask(['stack', 'status'])).toMatchObject({ state: 'ready' });
  });

  test('a stage that is named is left alone too, unless its owner is named', async () => {
    await redisdemo([...STACK, '--password']);
    const there = await sandbox.things();
    const id = await label('volume', 'redisdemo-stack-data');
    const refused = await asOther('stack', 'down', '--volumes', '--yes', '--json');
    expect(refused.exitCode).toBe(5);
    expect((JSON.parse(refused.stdout) as { error: unknown }).error).toMatchObject({ code: 'other_home' });
    expect(await sandbox.things()).toEqual(there);

    const removed = await asOther('stack', 'down', '--volumes', '--yes', '--owner', id);
    expect(removed.exitCode).toBe(0);
    expect(await sandbox.things()).toEqual([]);
  });

  test.each([[STACK], [INSIGHT], [SERVICE], [['tour']]])(
    '%j from another state folder is a clear conflict',
    async (args) => {
      await redisdemo([...STACK, '--password']);
      const there = await sandbox.things();
      const run = await asOther(...args);
      expect(run.exitCode).toBe(args[0] === 'tour' ? 0 : 5);
      expect(run.stdout + run.stderr).toMatch(
        /The (?:container|network|volume) redisdemo\S* was created from another state folder/,
      );
      expect(await sandbox.things()).toEqual(there);
    },
  );

  test('what the previous version created carries no owner, and belongs to whoever uses it', async () => {
    await sandbox.docker('network', 'create', '--label', 'redisdemo=stack', 'redisdemo');
    await sandbox.docker('volume', 'create', '--label', 'redisdemo=stack', 'redisdemo-stack-data');
    await redisdemo(STACK);
    await redisdemo(['stack', 'down', '--volumes', '--yes']);
    expect(await sandbox.things()).toEqual([]);
  });

  test('a container of the previous version is found, started again and removed, and reported as such', async () => {
    const { stdout: script } = await redisdemo([...STACK, '--print']);
    const labelled = /--label '(redisdemo\.settings=[^']*)'/.exec(script)?.[1] ?? '';
    const earlier = JSON.stringify({
      image: 'redis:8',
      ports: `${String(redis)}:6379`,
      volumes: 'redisdemo-stack-data:/data',
      network: 'redisdemo',
      command: 'redis-server --appendonly yes',
      readOnly: 'false',
    });
    const asBefore = script.replaceAll(labelled, `redisdemo.settings=${earlier}`);
    await runScript(sandbox, { shell: 'sh', script: asBefore });
    const id = await sandbox.docker('inspect', '--format', '{{.Id}}', 'redisdemo-stack');
    const isSame = async () => (await sandbox.docker('inspect', '--format', '{{.Id}}', 'redisdemo-stack')) === id;
    const note = 'The stack stage was created by an earlier version of redisdemo';

    const again = await redisdemo(STACK);
    expect(again.stderr.split(note)).toHaveLength(2);
    expect((await redisdemo(['status'])).stdout.split(note)).toHaveLength(2);
    expect(await ask(['stack', 'status'])).toMatchObject({ state: 'ready', image: 'redis:8', port: redis });
    const differs = await sandbox.run([...STACK.slice(0, -1), String(insight)]);
    expect(differs.exitCode).toBe(5);
    expect(differs.stderr).toContain(`ports: is ${String(redis)}:6379, asked for ${String(insight)}:6379`);

    await sandbox.docker('stop', 'redisdemo-stack');
    expect((await redisdemo(STACK)).stderr.split(note)).toHaveLength(2);
    await runScript(sandbox, { shell: 'sh', script });
    await sandbox.docker('stop', 'redisdemo-stack');
    await runScript(sandbox, { shell: 'sh', script });
    expect(await isSame()).toBe(true);
    await redisdemo(['stack', 'down', '--volumes', '--yes']);
    expect(await sandbox.things()).toEqual([]);
    expect((await redisdemo(STACK)).stderr).not.toContain(note);
  });

  test('a state folder that moves takes what it created along', async () => {
    await redisdemo([...STACK, '--password']);
    await rename(sandbox.home, other.REDISDEMO_HOME);
    const down = await asOther('down', '--volumes', '--yes');
    expect(down.exitCode).toBe(0);
    expect(await sandbox.things()).toEqual([]);
  });

  test('the printed script refuses what another state folder created, as the command does', async () => {
    await redisdemo(STACK);
    const { stdout: script } = await asOther(...STACK, '--print');
    await expect(runScript(sandbox, { shell: 'sh', script, env: {} })).rejects.toThrow(
      /not ours|already exists|already in use/,
    );
    expect(await ask(['stack', 'status'])).toMatchObject({ state: 'ready' });
  });

  test('down removes everything that redisdemo created, then lists what it did not create', async () => {
    await redisdemo(STACK);
    await sandbox.docker('volume', 'create', 'redisdemo-stack-secrets');
    await sandbox.docker('create', '--name', 'redisdemo-insight', 'redis:8');
    const run = await sandbox.run(['down', '--volumes', '--yes']);
    expect(run.exitCode).toBe(5);
    // An image of another test may be removed before.
    expect(run.stdout).toMatch(/container redisdemo-stack, volume redisdemo-stack-data, network redisdemo\.\n$/);
    expect(run.stderr).toContain('There is a volume redisdemo-stack-secrets that redisdemo did not create.');
    expect(run.stderr).toContain('Rename or remove the container redisdemo-insight yourself');
    expect(run.stderr).toContain('docker volume rm redisdemo-stack-secrets');
    expect(await sandbox.things()).toEqual(['container redisdemo-insight', 'volume redisdemo-stack-secrets']);
  });

  test('down names the container that keeps the network, and the command that frees it', async () => {
    await redisdemo(STACK);
    await sandbox.docker('create', '--name', 'redisdemo-guest', '--network', 'redisdemo', 'redis:8');
    const run = await sandbox.run(['down', '--volumes', '--yes']);
    expect(run.exitCode).toBe(5);
    expect(run.stderr).toContain('the container redisdemo-guest, which redisdemo did not create, is on it.');
    expect(await sandbox.things()).toEqual(['container redisdemo-guest', 'network redisdemo']);
    const [, command = ''] = /: docker (network disconnect .*)/.exec(run.stderr) ?? [];
    await sandbox.docker(...command.split(' '));
    await redisdemo(['down']);
    expect(await sandbox.things()).toEqual(['container redisdemo-guest']);
  });

  test('kept data that something else removed are reported, once', async () => {
    await redisdemo(STACK);
    await redisdemo(['stack', 'down']);
    await redisdemo(STACK);
    await redisdemo(['stack', 'down']);
    await sandbox.docker('volume', 'rm', 'redisdemo-stack-data');
    const { stderr } = await redisdemo(STACK);
    expect(stderr).toContain(
      '✗ The data are gone: something other than redisdemo removed the volume redisdemo-stack-data.',
    );
    await redisdemo(['stack', 'down', '--volumes', '--yes']);
    expect((await redisdemo(STACK)).stderr).not.toContain('The data are gone');
  });
});
