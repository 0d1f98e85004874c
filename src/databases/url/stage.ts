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
  load: async () => (await import('./stage-work.ts')).urlWork,
};
