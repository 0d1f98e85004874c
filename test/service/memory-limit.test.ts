/** A memory store that is full: what clients and the log see of it. What counts: test/unit/memory-store.test.ts. */
import { expect, test } from 'vitest';
import type { ServiceProcess } from '../support/service-process.ts';
import { EXAMPLE } from '../support/redis-outage.ts';
import { ask, getUser, putUser, userText } from '../support/user-requests.ts';
import { serviceWith, untilLogged } from '../support/test-processes.ts';

const LIMIT = 8192;
const FULL = { detail: 'The memory store is full: the user was not stored.' };

/** Writes users until one is refused; resolves with the id of that one. */
async function fill(service: ServiceProcess): Promise<number> {
  for (let id = 10; id < LIMIT; id++) {
    const { status } = await putUser(service, String(id), userText());
    if (status !== 200) return id;
  }
  throw new Error('the store took everything');
}

test('new users are refused with 507 and nothing is stored, everything else works', async () => {
  const service = await serviceWith({ MEMORY_LIMIT: String(LIMIT) });
  const refused = String(await fill(service));

  const answer = await putUser(service, refused, userText());
  expect([answer.status, JSON.parse(answer.body)]).toEqual([507, FULL]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.has('retry-after')).toBe(false);
  expect((await getUser(service, refused)).body).toBe('null');

  const longer = await putUser(service, '10', userText({ name: 'x'.repeat(LIMIT) }));
  expect([longer.status, JSON.parse(longer.body)]).toEqual([507, FULL]);
  expect((await getUser(service, '10')).body).toBe(userText());

  for (const name of ['Bob', 'A']) {
    expect(await putUser(service, '10', userText({ name }))).toMatchObject({ status: 200, body: 'true' });
    expect((await getUser(service, '10')).body).toBe(userText({ name }));
  }
  expect((await getUser(service, '1')).body).toBe(EXAMPLE);
  expect(await ask(service, '/health')).toMatchObject({ status: 200 });
});

test('the log says once that the store is full, and what to do', async () => {
  const service = await serviceWith({ MEMORY_LIMIT: String(LIMIT) });
  await fill(service);
  for (let round = 0; round < 5; round++) {
    expect((await putUser(service, '9', userText({ name: 'x'.repeat(LIMIT) }))).status).toBe(507);
  }
  const [entry] = await untilLogged(service, /full/);
  expect(entry).toMatchObject({ severity: 'WARNING' });
  expect(entry?.message).toMatch(/MEMORY_LIMIT is 8192 bytes.*set REDISHOST/);
  await service.stop();
  expect(service.log().filter((line) => line.includes('full'))).toHaveLength(1);
});
