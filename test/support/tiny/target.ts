/** The smallest target: the service as a process of its own. */
import { serviceVariables, type Connection } from '../../../src/connection.ts';
import { serviceFile, type Places } from '../../../src/places.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { smoke } from '../../../src/smoke/smoke.ts';
import type { StartOptions } from '../../../src/stage/database-work.ts';
import { onePlan } from '../../../src/stage/one-plan.ts';
import { makeForTour } from '../../../src/stage/open-plan.ts';
import { planDeployment } from '../../../src/stage/plan-deployment.ts';
import type { Target } from '../../../src/stage/stage.ts';

const VARIABLE = 'REDISDEMO_TINY_SERVICE_PORT';

/** What a command and a tour both know. */
interface Machine {
  readonly places: Places;
  readonly environment: NodeJS.ProcessEnv;
}

const urlOf = ({ environment }: Machine): string => `http://127.0.0.1:${environment[VARIABLE] ?? ''}`;

function planOf(machine: Machine, connection?: Connection): Plan {
  const { home, built } = machine.places;
  const url = urlOf(machine);
  return {
    title: 'The tiny target',
    steps: [
      {
        id: 'service',
        title: 'start the service',
        action: {
          kind: 'runProcess',
          file: serviceFile(built),
          url,
          env: { PORT: new URL(url).port, ...(connection && serviceVariables(connection)) },
          passedOn: [],
          logFile: home.log('tiny-target'),
          recordFile: home.record('tiny-target'),
        },
        ready: { what: url, limitMs: 60_000, until: { kind: 'http', url: `${url}/health`, timeoutMs: 2000 } },
      },
    ],
  };
}

export const tinyTarget: Target = {
  kind: 'target',
  name: 'tiny-target',
  summary: 'on the target of a test',
  removes: 'the process of a test',
  variables: [VARIABLE],
  reaches: 'machine',
  verbs: {},
  options: () =>
    Promise.resolve({
      place: {},
      up: {},
      deploy: { description: 'Runs the service.', settings: {} },
      destroy: { description: 'Ends it.', settings: {} },
    }),
  load: () =>
    Promise.resolve({
      ...onePlan((invocation) => Promise.resolve(planOf(invocation))),
      deployment: async (values: StartOptions, { connection, undo }, invocation) => {
        const here = await connection('machine');
        const planned = { plan: planOf(invocation, here), url: urlOf(invocation), connection: here };
        return planDeployment(planned, { ...values, undo }, invocation);
      },
      test: async ({ connection }, tour) => {
        const here = await connection('machine');
        const close = await makeForTour(planOf(tour, here), tour);
        const settings = { url: urlOf(tour), connection: here, signal: tour.working.signal };
        try {
          return { smoke: await smoke(settings, tour.systems, tour.working), leftBehind: [] };
        } finally {
          await close();
        }
      },
      commands: (database) => ({ again: `redisdemo up --db ${database} --on tiny-target`, removal: 'redisdemo down' }),
    }),
};
