import type { Database } from '../../stage/stage.ts';

/** A Redis that exists already: redisdemo neither makes nor removes it. */
export const url: Database = {
  kind: 'database',
  name: 'url',
  aside: 'the Redis given below',
  summary: 'a Redis that exists already',
  // They are the service's own: REDISHOST and those beside it.
  variables: [],
  reachedFrom: ['machine', 'engine', 'internet'],
  tourFrom: ['internet'],
  load: async () => (await import('./stage-work.ts')).urlWork,
};
