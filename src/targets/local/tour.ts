import { serviceFile } from '../../places.ts';
import { startLocal } from '../../running-service/foreground.ts';
import { smoke } from '../../smoke/smoke.ts';
import type { ConnectRequest } from '../../stage/target-work.ts';
import type { Tested, TourContext } from '../../stage/tour.ts';

export async function testLocally(
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
