/**
 * What Cloud Run says of an instance that does not start.
 *
 * Where each belief comes from:
 * - "The user-provided container failed to start and listen on the port defined provided by the PORT=8080 …", with Logs
 *   URL and link: googlecodelabs/monolith-to-microservices#110, chainguard-dev/terraform-infra-common#498; reason
 *   HealthCheckContainerError: n3n/hasura-cloud-run#5.
 * - "The user-provided container failed the configured startup probe checks.": terraform-docs-samples#254.
 * - "Default STARTUP TCP probe failed 1 time consecutively …", its log and labels: 1Password/scim-examples#309. The HTTP
 *   probe's line is made after it.
 */
import type { Failure } from './knative.ts';
import type { Project } from './project.ts';
import { containerOf, logSource, type Revision, type RevisionSystems } from './revision.ts';
import type { StartFailure } from './startup.ts';

const DEFAULT_PORT = 8080;
const GUIDE = 'https://cloud.google.com/run/docs/troubleshooting#container-failed-to-start';

/** Into the log too. */
export function explain(failure: StartFailure, revision: Revision, { project, logging }: RevisionSystems): Failure {
  const { startupProbe = {}, name = `${revision.service}-1` } = containerOf(revision);
  const { httpGet, failureThreshold = 1 } = startupProbe;
  const times = failure === 'refused' ? failureThreshold : 1;
  const what = httpGet ? 'STARTUP HTTP probe' : 'Default STARTUP TCP probe';
  const where = `on port ${String(portOf(revision))}${httpGet ? ` path "${httpGet.path ?? '/'}"` : ''}`;
  const often = `${String(times)} time${times === 1 ? '' : 's'} consecutively`;
  logging.write(logSource(revision, 'varlog/system'), {
    severity: 'ERROR',
    textPayload: `${what} failed ${often} for container "${name}" ${where}. The instance was not started.`,
    labels: { container_name: name },
  });
  if (!httpGet) return failedToListen(revision, project);
  const message = 'The user-provided container failed the configured startup probe checks.';
  return { reason: 'HealthCheckContainerError', message: withLogs(message, revision, project) };
}

export function failedToListen(revision: Revision, project: Project): Failure {
  const port = String(portOf(revision));
  const message = `The user-provided container failed to start and listen on the port defined provided by the PORT=${port} environment variable within the allocated timeout. This can happen when the container port is misconfigured or if the timeout is too short. The health check timeout can be extended.`;
  return { reason: 'HealthCheckContainerError', message: withLogs(message, revision, project) };
}

function withLogs(message: string, { name, service }: Revision, { id }: Project): string {
  const filter = `resource.type="cloud_run_revision"\nresource.labels.service_name="${service}"\nresource.labels.revision_name="${name}"`;
  const url = `https://console.cloud.google.com/logs/viewer?project=${id}&resource=cloud_run_revision/service_name/${service}/revision_name/${name}&advancedFilter=${encodeURIComponent(filter)}`;
  return `${message} Logs for this revision might contain more information.\n\nLogs URL: ${url} \nFor more troubleshooting guidance, see ${GUIDE}`;
}

function portOf(revision: Revision): number {
  return containerOf(revision).ports?.[0]?.containerPort ?? DEFAULT_PORT;
}
