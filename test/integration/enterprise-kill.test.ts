/** Kill anywhere, for Redis Enterprise: SIGKILL at every boundary of its plan, and the same again makes the same cluster. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { clusterIn } from '../support/cluster-state.ts';
import { crashEverywhere, runUntilCrash } from '../support/crash-recovery.ts';
import { skipped } from '../support/docker.ts';
import { enterpriseImage } from '../support/enterprise-image.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

const { port, apiPort, uiPort } = await enterprisePorts();
const QUICK = { start: 60, bootstrap: 60, swap: 80, settle: 0, database: 30, change: 30 };

describe.skipIf(ownEngineMissing !== undefined)(`kill anywhere, Enterprise${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox();
  });
  afterAll(() => sandbox.close());

  it('at every boundary of the plan of a cluster with the user of the service', async () => {
    const image = await enterpriseImage({ delays: QUICK }, sandbox.engine.env);
    const plan = { kind: 'enterprise', image, nodes: 1, port, apiPort, uiPort } as const;
    await crashEverywhere(sandbox, {
      make: (crashes) => runUntilCrash(sandbox, 'make', plan, crashes),
      remove: (crashes) => runUntilCrash(sandbox, 'remove', plan, crashes),
      made: () => clusterIn(sandbox, 'redisdemo-enterprise-1'),
    });
  });
});
