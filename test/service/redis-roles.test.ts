/** A Redis that takes no writes, and one that has only a part of the keys. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startOutageProxy } from '../fakes/outage-proxy.ts';
import type { JsonRedis } from '../fakes/json-redis.ts';
import { redisMissing } from '../fakes/redis-server.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { expectAway, EXAMPLE } from '../support/redis-outage.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from '../support/test-processes.ts';

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
    const name = await startOutageProxy(one.port);
    onTestFinished(() => name.close());
    const service = await serviceWith({ ...one.env, REDISPORT: String(name.port) });
    expect(await health(service)).toEqual(OK);
    await one.client().replicaof(other.host, other.server.port);
    expectAway([await putUser(service, '5', userText())]);
    expect(await health(service)).toEqual(DEGRADED);
    name.redirect(other.port);
    await expect.poll(async () => (await putUser(service, '5', userText())).status, LONG_WAIT).toBe(200);
    expect(await health(service)).toEqual(OK);
    expect(await other.client().call('JSON.GET', 'user:5')).toBe(userText());
  });
});

const IN_CLUSTER = { args: ['--cluster-enabled', 'yes'] };
/** All keys are spread over so many slots. */
const SLOTS = 16_384;
const CLUSTER = [
  503,
  {
    status: 'unavailable',
    store: 'redis',
    detail: 'The store runs in cluster mode, which this service does not support.',
  },
];
const REFUSED = [
  503,
  { status: 'unavailable', store: 'redis', detail: 'The store refused the request. Try again in 1 second.' },
];

/** Gives slots to a server; commands are refused with CLUSTERDOWN until each slot has one. */
async function addSlots(redis: JsonRedis, from: number, to: number): Promise<void> {
  await redis.client().call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
}

async function meet(one: JsonRedis, other: JsonRedis): Promise<void> {
  // The server's own command, not the stand-in's.
  await one.client().call('CLUSTER', 'MEET', other.host, String(other.server.port));
  await expect.poll(() => one.client().call('CLUSTER', 'INFO'), LONG_WAIT).toMatch(/cluster_state:ok/);
}

describe.skipIf(redisMissing !== '')(`cluster mode${redisMissing}`, () => {
  test('is found at the start: the log and /health say so, and clients learn no address', async () => {
    const [one, other] = [await redisWith(IN_CLUSTER), await redisWith(IN_CLUSTER)];
    await addSlots(one, 0, SLOTS / 2 - 1);
    await addSlots(other, SLOTS / 2, SLOTS - 1);
    await meet(one, other);
    const service = await serviceWith(one.env);
    await untilLogged(service, /^this Redis cannot be used: .*MOVED.*turn off the OSS Cluster API/);
    expect(await health(service)).toEqual(CLUSTER);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, id) => getUser(service, String(id))));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, body } of refused) {
      expect(status).toBe(503);
      expect(body).not.toMatch(/MOVED|\d+\.\d+|:\d{4,}/);
    }
  });

  test('a cluster that is down and comes back is healthy again, when it has all keys', async () => {
    const redis = await redisWith(IN_CLUSTER);
    const service = await serviceWith(redis.env);
    expectAway([await getUser(service, '1')]);
    expect(await health(service)).toEqual(REFUSED);
    const [entry] = await untilLogged(service, /^not healthy/);
    expect(entry?.message).toMatch(/CLUSTERDOWN/);
    await addSlots(redis, 0, SLOTS - 1);
    await expect.poll(() => health(service), LONG_WAIT).toEqual(OK);
    await expect.poll(async () => (await getUser(service, '1')).body, LONG_WAIT).toBe(EXAMPLE);
    expect((await putUser(service, '5', userText())).status).toBe(200);
    // Without a new connection.
    await redis.client().call('CLUSTER', 'DELSLOTS', '0');
    await expect.poll(() => health(service), LONG_WAIT).toEqual(REFUSED);
    await addSlots(redis, 0, 0);
    await expect.poll(() => health(service), LONG_WAIT).toEqual(OK);
    expect(logged(service, /^this Redis cannot be used/)).toEqual([]);
  });

  test('a cluster that is down and comes back is found, when it has only some of the keys', async () => {
    const [one, other] = [await redisWith(IN_CLUSTER), await redisWith(IN_CLUSTER)];
    const service = await serviceWith(one.env);
    expect(await health(service)).toEqual(REFUSED);
    // One slot only goes to the other server, with no key that /health or the examples write: nothing but a search tells.
    const slotOf = (key: string): Promise<number> => one.client().cluster('KEYSLOT', key);
    const slot = await slotOf('user:nobody-1');
    const written = ['user:nobody-0', 'user:1', 'user:2', 'user:3'];
    expect(await Promise.all(written.map(slotOf))).not.toContain(slot);
    await addSlots(one, 0, slot - 1);
    await addSlots(one, slot + 1, SLOTS - 1);
    await addSlots(other, slot, slot);
    await meet(one, other);
    await expect.poll(() => health(service), LONG_WAIT).toEqual(CLUSTER);
    await untilLogged(service, /^this Redis cannot be used: .*MOVED/);
  });
});
