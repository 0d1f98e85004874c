/** A Redis that takes no writes, and one that has only a part of the keys. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCable } from '../fakes/cable.ts';
import { redisMissing } from '../fakes/redis-server.ts';
import { PATIENT } from '../support/patience.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { expectAway, EXAMPLE } from './away.ts';
import { ask, getUser, putUser, userText } from './requests.ts';
import { redisWith, serviceWith, untilLogged } from './started.ts';

async function health(service: ServiceProcess): Promise<unknown> {
  const { status, body } = await ask(service, '/health');
  return [status, JSON.parse(body)];
}

const OK = [200, { status: 'ok', store: 'redis' }];
const DEGRADED = [200, { status: 'degraded', store: 'redis', detail: 'The store refuses writes.' }];

describe.skipIf(redisMissing !== '')(`writes are refused${redisMissing}`, () => {
  test.each([
    ['too few replicas', ['min-replicas-to-write', '1'], ['min-replicas-to-write', '0'], /NOREPLICAS/],
    ['no memory left', ['maxmemory', '1'], ['maxmemory', '0'], /OOM/],
  ] as const)('%s: /health tells, users can be read, and it ends by itself', async (_what, wrong, right, reason) => {
    const redis = await redisWith({ args: ['--maxmemory-policy', 'noeviction'] });
    const service = await serviceWith(redis.env);
    expect(await health(service)).toEqual(OK);
    await redis.client().config('SET', ...wrong);
    // No user has to fail for it to be known.
    expect(await health(service)).toEqual(DEGRADED);
    expectAway([await putUser(service, '5', userText())]);
    expect((await getUser(service, '1')).body).toBe(EXAMPLE);
    const [entry] = await untilLogged(service, /^writes are refused/);
    expect(entry?.message).toMatch(reason);
    await redis.client().config('SET', ...right);
    expect(await health(service)).toEqual(OK);
    expect((await putUser(service, '5', userText())).status).toBe(200);
  });

  test('the primary becomes a replica and the name moves: the service follows it', async () => {
    const [one, other] = [await redisWith(), await redisWith()];
    const name = await startCable(one.port);
    onTestFinished(() => name.close());
    const service = await serviceWith({ ...one.env, REDISPORT: String(name.port) });
    expect(await health(service)).toEqual(OK);
    await one.client().replicaof(other.host, other.server.port);
    expectAway([await putUser(service, '5', userText())]);
    expect(await health(service)).toEqual(DEGRADED);
    name.leadTo(other.port);
    await expect.poll(async () => (await putUser(service, '5', userText())).status, PATIENT).toBe(200);
    expect(await health(service)).toEqual(OK);
    expect(await other.client().call('JSON.GET', 'user:5')).toBe(userText());
  });
});

describe.skipIf(redisMissing !== '')(`cluster mode${redisMissing}`, () => {
  test('is found at the start: the log and /health say so, and clients learn no address', async () => {
    const args = ['--cluster-enabled', 'yes'];
    const [one, other] = [await redisWith({ args }), await redisWith({ args })];
    // The server's own command, not the stand-in's.
    await one.client().call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
    await other.client().call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
    await one.client().call('CLUSTER', 'MEET', other.host, String(other.server.port));
    await expect.poll(() => one.client().call('CLUSTER', 'INFO'), PATIENT).toMatch(/cluster_state:ok/);
    const service = await serviceWith(one.env);
    await untilLogged(service, /^this Redis cannot be used: .*MOVED.*turn off the OSS Cluster API/);
    expect(await health(service)).toEqual([
      503,
      {
        status: 'unavailable',
        store: 'redis',
        detail: 'The store runs in cluster mode, which this service does not support.',
      },
    ]);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, id) => getUser(service, String(id))));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, body } of refused) {
      expect(status).toBe(503);
      expect(body).not.toMatch(/MOVED|\d+\.\d+|:\d{4,}/);
    }
  });
});
