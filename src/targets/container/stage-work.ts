import { serviceImage } from '../../image.ts';
import type { Places } from '../../places.ts';
import { findContainer, portsFree } from '../../plan/container-checks.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { smoke } from '../../smoke/smoke.ts';
import type { StartOptions } from '../../stage/database-work.ts';
import { onePlan } from '../../stage/one-plan.ts';
import { makeForTour } from '../../stage/open-plan.ts';
import { planDeployment } from '../../stage/plan-deployment.ts';
import type { ConnectRequest, TargetWork } from '../../stage/target-work.ts';
import type { Tested, TourContext } from '../../stage/tour.ts';
import { containerPlan, findServicePort, SERVICE, type ContainerSettings } from './container.ts';

interface ContainerValues extends StartOptions {
  readonly port: number;
}

const DEFAULT_PORT = 8000;

export const containerTarget: TargetWork = {
  ...onePlan(async ({ places, systems }) =>
    planWithImage({ port: (await findServicePort(systems)) ?? DEFAULT_PORT, everything: true }, places),
  ),
  check: ({ port }: ContainerValues, instead, { systems, places }) =>
    portsFree([port], { own: SERVICE, instead, record: places.home.record('service') }, systems),
  deployment: async (values: ContainerValues, { connection, undo }, invocation) => {
    const { port } = values;
    const plan = await planWithImage({ port, connection: await connection('engine') }, invocation.places);
    const planned = { plan, url: urlOf(port), connection: await connection('machine') };
    return planDeployment(planned, { ...values, undo }, invocation);
  },
  test,
  commands: (database) => ({ again: `redisdemo up --db ${database} --on container`, removal: 'redisdemo down' }),
};

const urlOf = (port: number): string => `http://127.0.0.1:${String(port)}`;

async function planWithImage(settings: Omit<ContainerSettings, 'image'>, places: Places): Promise<Plan> {
  const image = await serviceImage(places.built, places.version);
  const service = containerPlan({ ...settings, image: image.name }, places.home);
  return { ...service, steps: [...image.plan.steps, ...service.steps] };
}

async function test({ connection }: ConnectRequest, tour: TourContext): Promise<Tested> {
  const { places, systems, working } = tour;
  await noneRuns(systems);
  const port = await systems.ports.find();
  const settings = { url: urlOf(port), connection: await connection('machine'), signal: working.signal };
  const close = await makeForTour(await planWithImage({ port, connection: await connection('engine') }, places), tour);
  let leftBehind: readonly string[] = [];
  const report = await smoke(settings, systems, working).finally(async () => {
    leftBehind = await close();
  });
  return { smoke: report, leftBehind };
}

/** The tour would replace the user's container. */
async function noneRuns(systems: Systems): Promise<void> {
  if (!(await findContainer(SERVICE, systems))) return;
  throw new Problem('out_of_reach', {
    message: `${SERVICE} is there already, and left alone: redisdemo destroy container`,
  });
}
