/**
 * Who may call a service.
 *
 * Source: the audience of an identity token is the URL of the service, or gcloud's own client id for a user's:
 * cloud.google.com/run/docs/authenticating/developers and service-to-service. No token is 403, one that is no good 401:
 * google/adk-python#3814, pomerium/pomerium#1623, datacommonsorg/docsite#463.
 */
import type { IncomingMessage } from 'node:http';
import type { CloudRun, CloudRunSystems } from './cloud-run.ts';
import type { RunService } from './run-service.ts';
import { isInvokerOff } from './run-validation.ts';
import { GCLOUD_CLIENT, type Tokens } from './tokens.ts';
import { hostNames } from './urls.ts';

interface Door {
  readonly run: CloudRun;
  readonly systems: CloudRunSystems;
  readonly tokens: Tokens;
}

export function whyRefused(
  { headers }: IncomingMessage,
  service: RunService,
  door: Door,
): 'unauthorized' | 'forbidden' | undefined {
  const { run, systems, tokens } = door;
  const { project, policies } = systems;
  const resource = run.resource(service);
  if (isOpen(service, policies.has(resource, 'roles/run.invoker', 'allUsers'))) return undefined;
  if (headers.authorization === undefined) return 'forbidden';
  const identity = tokens.identityOf(headers.authorization.replace(/^Bearer /i, ''));
  const audiences = [GCLOUD_CLIENT, ...hostNames(service, project).map((name) => `https://${name}`)];
  if (!identity || !audiences.includes(identity.audience)) return 'unauthorized';
  return project.denied.has('run.routes.invoke') ? 'forbidden' : undefined;
}

/** Right after it was opened some requests still find it closed. */
function isOpen(service: RunService, byPolicy: boolean): boolean {
  if (!byPolicy && !isInvokerOff(service.annotations)) return false;
  if (service.lag === 0) return true;
  service.lag -= 1;
  return false;
}
