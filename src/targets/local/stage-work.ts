/** The service as a process on this machine, as a stage. */
import type { Invocation } from '../../command/invocation.ts';
import { portsFree } from '../../plan/container-checks.ts';
import { serviceFile } from '../../places.ts';
import { smoke } from '../../smoke/smoke.ts';
import type { StartOptions } from '../../stage/database-work.ts';
import { onePlan } from '../../stage/one-plan.ts';
import { planDeployment } from '../../stage/plan-deployment.ts';
import type { ConnectRequest, TargetWork } from '../../stage/target-work.ts';
import type { Tested, TourContext } from '../../stage/tour.ts';
import { localPlan } from './background.ts';
import { startLocal } from '../../running-service/foreground.ts';
import { portOf, serviceOf } from './found.ts';

interface LocalValues extends StartOptions {
  readonly port: number;
}

const DEFAULT_PORT = 8000;

export const localTarget: TargetWork = {
  ...onePlan(async ({ places, systems }) =>
    localPlan(serviceOf(places, (await portOf(places.home, systems)) ?? DEFAULT_PORT), places.home),
  ),
  check,
  deployment: async (values: LocalValues, { connection, undo }, invocation) => {
    const { home, built } = invocation.places;
    const { port } = values;
    const here = await connection('machine');
    const plan = localPlan({ file: serviceFile(built), port, connection: here }, home);
    return planDeployment(
      { plan, url: `http://127.0.0.1:${String(port)}`, connection: here },
      { ...values, undo },
      invocation,
    );
  },
  test,
  commands: (database) => ({ again: `redisdemo up --db ${database} --on local`, removal: 'redisdemo down' }),
};

/** A service of redisdemo's that has the port keeps it, or is replaced. */
async function check({ port }: LocalValues, instead: (port: number) => string, { systems, places }: Invocation) {
  if ((await portOf(places.home, systems)) === port) return;
  await portsFree([port], { instead, record: places.home.record('service') }, systems);
}

async function test(
  { database, connection }: ConnectRequest,
  { places, systems, working }: TourContext,
): Promise<Tested> {
  const here = await connection('machine');
  const service = await startLocal(
    {
      file: serviceFile(places.built),
      port: 0,
      host: '127.0.0.1',
      connection: here,
      environment: {},
      record: () => places.home.record('service'),
    },
    systems,
    working.report,
  );
  const report = await smoke({ url: service.url, connection: here, signal: working.signal }, systems, working).finally(
    async () => {
      service.child.stop('SIGTERM');
      await service.child.ended;
    },
  );
  const after = await systems.http.send({ method: 'GET', url: service.url, timeoutMs: 1000 }, working.signal);
  return {
    smoke: report,
    leftBehind: after.kind === 'absent' ? [] : [`${database}: something answers at ${service.url}`],
  };
}
