/** The tour on a machine with Docker: every rung of it passes, and all that it made is gone, whatever ends it. */
import { untilSaid } from '../support/cli.ts';
import { terminalMissing } from '../support/terminal.ts';
import { startAtTerminal } from '../support/terminal.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { commandsIn, type Commands } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { everythingIn } from '../support/docker-state.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import type { RungReport } from '../../src/tour/rung.ts';

/** Those of Redis Enterprise are walked in enterprise-tour.test.ts: here its image is not there. */
const HERE = ['memory × local', 'stack × local', 'stack × container'];

describe.skipIf(ownEngineMissing !== undefined)(`a tour${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let redisdemo: Commands['redisdemo'];
  let ask: Commands['ask'];
  let before: readonly string[];
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ redisdemo, ask } = commandsIn(sandbox));
    await sandbox.docker('image', 'rm', 'redislabs/redis:latest');
    before = await everythingIn(sandbox);
  });
  afterEach(async () => {
    await redisdemo(['down', '--volumes', '--yes']);
    expect(await everythingIn(sandbox)).toEqual(before);
  });
  afterAll(() => sandbox.close());

  it('passes every rung that Docker carries, and leaves nothing', async () => {
    const { rungs } = (await ask(['tour'])) as unknown as { rungs: readonly RungReport[] };
    const walked = rungs.filter(({ outcome }) => outcome !== 'not reachable');
    expect(rungs.filter(({ rung, outcome }) => HERE.includes(rung) && outcome !== 'passed')).toEqual([]);
    expect(walked.map(({ rung }) => rung)).toEqual(HERE);
    expect(walked.map(({ outcome, leftBehind }) => ({ outcome, leftBehind }))).toEqual(
      HERE.map(() => ({ outcome: 'passed', leftBehind: [] })),
    );
    for (const { rung, reason } of rungs) if (!HERE.includes(rung)) expect(reason).toMatch(/\w/);
    expect(await everythingIn(sandbox)).toEqual(before);
  });

  it('uses a stack that runs already, and leaves that as it is', async () => {
    await redisdemo(['stack', 'up', '--port', 'auto', '--insight-port', 'auto']);
    const there = await everythingIn(sandbox);
    const { stdout } = await redisdemo(['tour', '--quiet']);
    expect(stdout).toMatch(/stack × local +✓ .* redisdemo-stack runs since before, and stays/);
    expect(await everythingIn(sandbox)).toEqual(there);
  });

  it('leaves a service container of the user’s alone', async () => {
    await redisdemo(['deploy', 'container', '--db', 'memory', '--port', String(await freePort())]);
    const there = await everythingIn(sandbox);
    const { rungs } = (await ask(['tour'])) as unknown as { rungs: readonly RungReport[] };
    expect(rungs.find(({ rung }) => rung === 'stack × container')).toMatchObject({
      outcome: 'not reachable',
      reason: expect.stringContaining('redisdemo-service is there already') as string,
    });
    expect(await everythingIn(sandbox)).toEqual(there);
  });

  it('takes away what it has made when it is interrupted', async () => {
    const tour = sandbox.start(['tour']);
    await untilSaid(tour.stderr, 'stack × container');
    tour.kill('SIGINT');
    const { exitCode, stderr } = await tour;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('removed container redisdemo-stack');
    expect(await everythingIn(sandbox)).toEqual(before);
  });

  it('takes away what it has made when the terminal is gone, also when the shell in it sends SIGHUP again', async () => {
    const tour = sandbox.start(['tour']);
    await untilSaid(tour.stderr, 'start container redisdemo-stack');
    tour.kill('SIGHUP');
    await untilSaid(tour.stderr, 'stopping;');
    tour.kill('SIGHUP');
    const { exitCode, stderr } = await tour;
    expect(exitCode).toBe(129);
    expect(stderr).toContain('removed container redisdemo-stack');
    expect(await everythingIn(sandbox)).toEqual(before);
  });

  it.skipIf(terminalMissing !== '')(
    `takes away what it has made at a terminal that is closed${terminalMissing}`,
    async () => {
      const terminal = startAtTerminal(['tour'], sandbox);
      await untilSaid(terminal.stdout, 'start container redisdemo-stack');
      expect(await sandbox.things()).toContain('network redisdemo');
      // With its master gone, the kernel closes the terminal: writing to it is an error, and SIGHUP is sent.
      terminal.kill('SIGKILL');
      await terminal;
      await expect.poll(() => everythingIn(sandbox), LONG_WAIT).toEqual(before);
    },
  );

  it('fails where a stage is there that is not ours, and goes on', async () => {
    await sandbox.docker('create', '--name', 'redisdemo-stack', 'redis:8');
    const { exitCode, stdout } = await sandbox.run(['tour', '--json']);
    expect(exitCode).toBe(7);
    const { error } = JSON.parse(stdout) as { error: { details: { rungs: readonly RungReport[] } } };
    const outcomes = Object.fromEntries(error.details.rungs.map(({ rung, outcome }) => [rung, outcome]));
    expect(outcomes).toMatchObject({ 'memory × local': 'passed', 'stack × local': 'failed' });
    await sandbox.docker('rm', '--volumes', 'redisdemo-stack');
  });

  it('cannot reach a stage whose image cannot be had, which is no failure', async () => {
    await sandbox.docker('image', 'rm', 'redis/redis-stack:latest');
    const { rungs } = (await ask(['tour'])) as unknown as { rungs: readonly RungReport[] };
    expect(rungs.find(({ rung }) => rung === 'stack × local')).toMatchObject({
      outcome: 'not reachable',
      reason: expect.stringMatching(/^Could not pull redis\/redis-stack: /) as string,
    });
    await sandbox.docker('tag', 'redis/redis-stack:7.4.0-v8', 'redis/redis-stack:latest');
  });

  it('leaves everything with --keep, and says what; down takes it away', async () => {
    const { rungs } = (await ask(['tour', '--keep'])) as unknown as { rungs: readonly RungReport[] };
    const left = rungs.flatMap(({ leftBehind }) => leftBehind);
    expect(left).toContain('container redisdemo-stack');
    expect(await sandbox.things()).toEqual(expect.arrayContaining(['container redisdemo-stack', 'network redisdemo']));
  });
});
