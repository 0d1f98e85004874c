import type { Database } from '../../stage/stage.ts';

/** An existing Redis: redisdemo neither creates nor removes it. */
export const url: Database = {
  kind: 'database',
  name: 'url',
  aside: 'the Redis given below',
  summary: 'a Redis that exists already',
  // The service's own variables: REDISHOST and the like.
  variables: [],
  reachedFrom: ['machine', 'engine', 'internet'],
  tourFrom: ['internet'],
  load: () =>
    Promise.resolve({
      // An unreadable file is found before anything is created.
      check: ({ given }) => given(),
      connection: async (...args) => (await import('./connection.ts')).urlConnection(...args),
      open: async (tour) => (await import('./connection.ts')).openUrl(tour),
    }),
};
