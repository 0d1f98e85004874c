/** What the memory store counts against its limit. What clients see of it: test/service/memory-limit.test.ts. */
import { expect, test } from 'vitest';
import { memoryStore } from '../../service/src/store/memory-store.ts';
import type { User } from '../../service/src/model/user.ts';

const ADA: User = {
  ...{ name: 'Ada', email: 'ada@example.com', age: 36n, city: 'London' },
  ...{ height: 1.65, weight: 60, gender: null },
};
/** Room for a few users. */
const LIMIT = 4096;
const FIRST_ID = 10n;

/** How many users with different ids fit into a new store. */
async function capacity(user: User, firstId = FIRST_ID): Promise<number> {
  const store = memoryStore({ limit: LIMIT, full: () => undefined });
  for (let id = firstId; ; id++) {
    try {
      await store.put(id, user);
    } catch {
      return Number(id - firstId);
    }
  }
}

test('longer documents and longer ids leave room for fewer users', async () => {
  const few = await capacity(ADA);
  expect(few).toBeGreaterThan(5);
  expect(await capacity({ ...ADA, name: 'Ada'.repeat(100) })).toBeLessThan(few / 2);
  expect(await capacity(ADA, 10n ** 300n)).toBeLessThan(few / 2);
});

test('characters outside ASCII count as the two bytes that they can take', async () => {
  const ascii = await capacity({ ...ADA, name: 'e'.repeat(300) });
  const accented = await capacity({ ...ADA, name: 'é' + 'e'.repeat(299) });
  expect(accented).toBeLessThan(ascii);
  expect(await capacity({ ...ADA, name: '李'.repeat(300) })).toBe(accented);
});

test('a smaller document makes room for another user', async () => {
  const store = memoryStore({ limit: LIMIT, full: () => undefined });
  await store.put(FIRST_ID, { ...ADA, name: 'x'.repeat(3000) });
  const large = { ...ADA, name: 'y'.repeat(1000) };
  await expect(store.put(FIRST_ID + 1n, large)).rejects.toMatchObject({ kind: 'full' });
  await store.put(FIRST_ID, ADA);
  await store.put(FIRST_ID + 1n, large);
  expect(await store.get(FIRST_ID + 1n)).toContain('yyy');
});

test('the event comes with the first refusal only', async () => {
  let events = 0;
  const store = memoryStore({ limit: LIMIT, full: () => events++ });
  const tooLarge = { ...ADA, name: 'x'.repeat(LIMIT) };
  expect(events).toBe(0);
  for (let round = 0; round < 3; round++) await expect(store.put(FIRST_ID, tooLarge)).rejects.toThrow(/full/);
  expect(events).toBe(1);
});
