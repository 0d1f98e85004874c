/** The tour's rungs on Redis Enterprise: they pass where the image is there, and leave nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandsIn } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { everythingIn } from '../support/docker-state.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

interface Rung {
  readonly rung: string;
  readonly outcome: string;
  readonly leftBehind: readonly string[];
}

describe.skipIf(ownEngineMissing !== undefined)(`the tour with Redis Enterprise${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox();
  });
  afterAll(() => sandbox.close());

  const rungs = async (): Promise<readonly Rung[]> => {
    const { rungs: all } = (await commandsIn(sandbox).ask(['tour'])) as { rungs: readonly Rung[] };
    return all.filter(({ rung }) => rung.startsWith('enterprise'));
  };

  it('walks it on this machine and in a container, and takes it away', async () => {
    const before = await everythingIn(sandbox);
    expect(await rungs()).toMatchObject([
      { rung: 'enterprise × local', outcome: 'passed', leftBehind: [] },
      { rung: 'enterprise × container', outcome: 'passed', leftBehind: [] },
    ]);
    expect(await everythingIn(sandbox)).toEqual(before);
  });

  it('walks the one that runs, and leaves it as it is', async () => {
    const { options } = await enterprisePorts();
    const up = ['enterprise', 'up', ...options, '--image', 'redislabs/redis:7.22.2-170'];
    await commandsIn(sandbox).redisdemo(up);
    expect((await rungs()).map(({ outcome }) => outcome)).toEqual(['passed', 'passed']);
    expect(await commandsIn(sandbox).ask(up)).toMatchObject({ created: [] });
  });
});
