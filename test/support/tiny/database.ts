/** The smallest database: a Redis that runs already, and a file that says that it is in use. */
import type { Home } from '../../../src/home.ts';
import type { Connection } from '../../../src/connection.ts';
import { ensure } from '../../../src/plan/ensure.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { Problem } from '../../../src/problem.ts';
import { makeForTour } from '../../../src/stage/open-plan.ts';
import type { Database } from '../../../src/stage/stage.ts';

const VARIABLE = 'REDISDEMO_TINY_PORT';

const file = (home: Home): string => home.record('tiny');

const plan = (home: Home): Plan => ({
  title: 'The tiny database',
  steps: [
    {
      id: 'in-use',
      title: 'note that it is in use',
      action: { kind: 'file', file: file(home), content: { from: 'text', text: '{}' } },
    },
  ],
});

const connection = (environment: NodeJS.ProcessEnv): Connection => ({
  host: '127.0.0.1',
  port: Number(environment[VARIABLE]),
  tls: false,
});

export const tinyDatabase: Database = {
  kind: 'database',
  name: 'tiny',
  summary: 'the database of a test',
  variables: [VARIABLE],
  reachedFrom: ['machine'],
  tourFrom: ['machine'],
  load: () =>
    Promise.resolve({
      start: async (_options, { systems, places, ...working }) => {
        await ensure(plan(places.home), systems, working, {});
      },
      connection: async (_from, { systems, places, environment }) => {
        if (await systems.files.exists(file(places.home))) return connection(environment);
        throw new Problem('not_running', { message: 'The tiny database is not in use.' });
      },
      status: ({ systems, places }) =>
        Promise.resolve([
          { ask: async () => ({ state: (await systems.files.exists(file(places.home))) ? 'ready' : 'absent' }) },
        ]),
      leftovers: ({ places }) => Promise.resolve([{ ask: () => Promise.resolve({ things: plan(places.home) }) }]),
      open: async (tour) => ({ close: await makeForTour(plan(tour.places.home), tour) }),
    }),
};
