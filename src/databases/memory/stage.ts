import type { Database } from '../../stage/stage.ts';

/** The service keeps its users itself: nothing is created. */
export const memory: Database = {
  kind: 'database',
  name: 'memory',
  summary: 'users in the memory of the service',
  variables: [],
  reachedFrom: [],
  tourFrom: ['machine'],
  load: () =>
    Promise.resolve({
      connection: () => Promise.resolve(undefined),
      open: () => Promise.resolve({ close: () => Promise.resolve([]) }),
    }),
};
