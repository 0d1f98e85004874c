/** Cloud Run's operations:wait. Source: cloud.google.com/run/docs/reference/rest/v1/projects.locations.operations/wait. */
import { Refusal, type Json } from './exchange.ts';
import { describeService } from './run-description.ts';
import type { RunService, ServiceSystems } from './run-service.ts';

const WAIT_MS = 30_000;

/** The server holds the request until the operation is done, at most so long. */
export async function waitFor(service: RunService | undefined, systems: ServiceSystems): Promise<Json> {
  if (!service) throw new Refusal('NOT_FOUND', 'Operation does not exist.');
  const name = `projects/${systems.project.id}/locations/${service.region}/operations/${service.operation}`;
  const limit = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => {
    limit.resolve('late');
  }, WAIT_MS);
  const outcome = await Promise.race([service.work, limit.promise]);
  clearTimeout(timer);
  if (outcome === 'late') return { name, done: false };
  const response = { '@type': 'type.googleapis.com/google.cloud.run.v1.Service', ...describeService(service, systems) };
  return { name, done: true, response };
}
