import { EXAMPLE_USERS } from './examples.ts';
import { writeUser } from './model.ts';
import type { UserStore } from './store.ts';

/** The embedded store: no Redis needed, nothing survives the process. */
export function memoryStore(): UserStore {
  const documents = new Map(EXAMPLE_USERS);
  return {
    name: 'memory',
    get: (id) => Promise.resolve(documents.get(id) ?? null),
    put: (id, user) => {
      documents.set(id, writeUser(user));
      return Promise.resolve();
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
