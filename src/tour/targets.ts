/** The service of a tour, for the time of a smoke test. */
import type { Connection } from '../connection.ts';
import { deployment, serviceFile, type DatabaseName, type TargetName } from '../deployment.ts';
import { findContainer } from '../plan/container-checks.ts';
import type { Systems } from '../plan/systems.ts';
import { Problem } from '../problem.ts';
import { smoke, type SmokeReport } from '../smoke/smoke.ts';
import { SERVICE } from '../targets/container/container.ts';
import { startLocal } from '../targets/local/local.ts';
import { makeForTour } from './making.ts';
import type { Walk, Walked } from './rung.ts';

export async function runLocal(database: string, connection: Connection | undefined, walk: Walk): Promise<Walked> {
  const { places, systems, working } = walk;
  const file = serviceFile(places.built);
  const service = await startLocal(
    { file, port: 0, host: '127.0.0.1', connection, environment: {}, record: () => places.home.record('service') },
    systems,
    working.report,
  );
  let report: SmokeReport;
  try {
    report = await smoke({ url: service.url, connection, signal: working.signal }, systems, working);
  } finally {
    service.child.stop('SIGTERM');
    await service.child.ended;
  }
  const after = await systems.http.send({ method: 'GET', url: service.url, timeoutMs: 1000 }, working.signal);
  return {
    smoke: report,
    leftBehind: after.kind === 'absent' ? [] : [`${database}: something answers at ${service.url}`],
  };
}

export async function runContainer(database: string, connection: Connection | undefined, walk: Walk): Promise<Walked> {
  const { places, systems, working } = walk;
  await noneRuns(SERVICE, systems);
  const port = await systems.ports.find();
  const settings = { database: database as DatabaseName, target: 'container' as TargetName, port, connection };
  const wanted = await deployment(settings, places, systems);
  const close = await makeForTour(wanted.plan, walk);
  let report: SmokeReport;
  let leftBehind: readonly string[] = [];
  try {
    report = await smoke({ url: wanted.url, connection, signal: working.signal }, systems, working);
  } finally {
    leftBehind = await close();
  }
  return { smoke: report, leftBehind };
}

/** A container of this name is the user's, and would be replaced. */
async function noneRuns(name: string, systems: Systems): Promise<void> {
  if (!(await findContainer(name, systems))) return;
  throw new Problem('out_of_reach', {
    message: `${name} is there already, and left alone: redisdemo destroy container`,
  });
}
