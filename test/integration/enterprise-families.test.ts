/** One command for clusters that differ: which Redis versions they have, which modules, and what they must be told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandsIn, type Commands } from '../support/commands.ts';
import { checkExchanges, contractsMissing } from '../support/contracts.ts';
import { skipped } from '../support/docker.ts';
import { everythingIn } from '../support/docker-state.ts';
import { exchangesIn } from '../support/enterprise-image.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

const NODE = 'redisdemo-enterprise-1';
const BOTH = ['ReJSON', 'search'];

describe.skipIf(ownEngineMissing !== undefined)(`families of Redis Software${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let ask: Commands['ask'];
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ ask } = commandsIn(sandbox));
  });
  afterAll(() => sandbox.close());

  test.each([
    // Refuses a database that does not say its version; has no /availability.
    { image: 'redislabs/redis:7.4.6-272', redisVersion: '7.2', sent: BOTH, has: BOTH },
    { image: 'redislabs/redis:7.22.2-170', redisVersion: '7.4', sent: BOTH, has: BOTH },
    // From Redis 8 on the modules come by themselves.
    { image: 'redislabs/redis:8.2.0-25.12', redisVersion: '8.6', sent: undefined, has: [...BOTH, 'bf', 'timeseries'] },
  ])('$image: Redis $redisVersion', async ({ image, redisVersion, sent, has }) => {
    const before = await everythingIn(sandbox);
    const { options } = await enterprisePorts();
    const up = ['enterprise', 'up', '--image', image, ...options];
    const { created } = await ask(up);
    expect(created).toContain('create database redisdemo');
    expect(await ask(up)).toMatchObject({ created: [] });
    const shown = await ask(['enterprise', 'database', 'show']);
    expect(shown).toMatchObject({ status: 'active', redisVersion });
    expect(new Set(shown['modules'] as string[])).toEqual(new Set(has));
    expect(await ask(['enterprise', 'status'])).toMatchObject({ state: 'ready', image });

    const exchanges = await exchangesIn(NODE, sandbox.env);
    const body = exchanges.find(({ method, path, query }) => `${method} ${path}${query}` === 'POST /v1/bdbs')?.body;
    const { module_list: modules } = body as { module_list?: readonly { module_name: string }[] };
    expect(modules?.map(({ module_name: name }) => name)).toEqual(sent);
    expect(body).toMatchObject({ redis_version: redisVersion });
    if (contractsMissing === '') expect(checkExchanges(exchanges)).toEqual([]);

    await ask(['enterprise', 'down', '--yes']);
    expect(await everythingIn(sandbox)).toEqual(before);
  });
});
