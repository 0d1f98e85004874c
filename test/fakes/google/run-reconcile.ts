/**
 * How a service gets to what is wanted.
 *
 * Where each belief comes from:
 * - traffic for `latestRevision` goes to the latest that is ready: knative.dev, "Serving API".
 * - a failed revision gets no traffic and the old one keeps serving; after `update-traffic` gcloud still reports the
 *   failure: the facts of issue 5, table of failures; Lore-Hex/quill-router#781 and #782 (a stale tag of a failed
 *   revision makes every later change fail too, while the traffic in effect stays as it was).
 * - "Revision '…' is not ready and cannot serve traffic. …": all of the issues that revision-failure.ts names;
 *   "Revision '…' does not exist or is deleted.": terraform-docs-samples#269.
 */
import type { Failure } from './knative.ts';
import { ensureRunning, stopInstance, type Revision } from './revision.ts';
import type { Routed, RunService, ServiceSystems } from './run-service.ts';

export async function reconcile(
  service: RunService,
  revision: Revision | undefined,
  generation: number,
  systems: ServiceSystems,
): Promise<void> {
  if (revision) {
    await systems.pending.pass('revision');
    const failure = await ensureRunning(revision, systems);
    revision.state = failure ?? 'True';
    service.configurations = failure ? notReady(revision, failure) : 'True';
    if (!failure) service.latestReady = revision;
  }
  const routes = await route(service, systems);
  service.observedGeneration = generation;
  service.since = new Date().toISOString();
  service.resourceVersion += 1;
  if (generation === service.generation) service.routes = routes;
}

async function route(service: RunService, systems: ServiceSystems): Promise<'True' | Failure> {
  const targets: Routed[] = [];
  for (const { revisionName, latestRevision = false, percent = 0, tag } of service.traffic) {
    const revision = latestRevision ? service.latestReady : service.revisions.find(({ name }) => name === revisionName);
    const problem = problemOf(revision, revisionName, service);
    if (problem) return problem;
    if (revision) targets.push({ revision, percent, tag, latest: latestRevision });
  }
  // Busy, so that nobody stops one as unrouted while the others start.
  for (const { revision } of targets) revision.busy += 1;
  await Promise.all(targets.map(({ revision }) => ensureRunning(revision, systems)));
  service.routed = targets;
  for (const { revision } of targets) revision.busy -= 1;
  await stopUnrouted(service);
  return 'True';
}

/** What has no traffic and no tag any more, behind the answers that it still gives. */
export async function stopUnrouted({ routed, revisions }: RunService): Promise<void> {
  const idle = revisions.filter((revision) => revision.busy === 0 && revision.state !== 'Unknown');
  await Promise.all(
    idle.filter((revision) => !routed.some((target) => target.revision === revision)).map(stopInstance),
  );
}

function problemOf(
  revision: Revision | undefined,
  name: string | undefined,
  { configurations }: RunService,
): Failure | undefined {
  if (revision === undefined) {
    if (name === undefined && typeof configurations === 'object') return configurations;
    const message = `Revision '${name ?? ''}' does not exist or is deleted. Update all traffic to route to currently available revisions.`;
    return { reason: 'RevisionMissing', message };
  }
  return typeof revision.state === 'object' ? notReady(revision, revision.state) : undefined;
}

function notReady({ name }: Revision, { reason, message }: Failure): Failure {
  return { reason, message: `Revision '${name}' is not ready and cannot serve traffic. ${message}` };
}
