/**
 * A Cloud Run service: what is wanted of it (spec) and what it is (status).
 *
 * Source: a revision is made when the template changes: knative.dev, "Serving API"; names SERVICE-00001-abc: every
 * public log of a deploy; defaults: cloud.google.com/run/docs/reference/rest/v1/RevisionSpec and Container.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Failure, Labels, ServiceRequest, Template, TrafficTarget } from './knative.ts';
import type { Pending } from './pending.ts';
import type { Revision, RevisionSystems } from './revision.ts';
import { reconcile } from './run-reconcile.ts';

export interface ServiceSystems extends RevisionSystems {
  readonly pending: Pending;
}

/** A target of `status.traffic`. */
export interface Routed {
  readonly revision: Revision;
  readonly percent: number;
  readonly tag: string | undefined;
  readonly latest: boolean;
}

export interface RunService {
  readonly name: string;
  readonly region: string;
  readonly uid: string;
  readonly created: string;
  creator: string;
  generation: number;
  observedGeneration: number;
  resourceVersion: number;
  annotations: Labels;
  labels: Labels;
  template: Template;
  /** As the client wants it. */
  traffic: readonly TrafficTarget[];
  /** In effect. */
  routed: readonly Routed[];
  readonly revisions: Revision[];
  latestCreated: Revision | undefined;
  latestReady: Revision | undefined;
  configurations: 'True' | 'Unknown' | Failure;
  routes: 'True' | 'Unknown' | Failure;
  /** When its conditions last changed. */
  since: string;
  operation: string;
  deletion: string | undefined;
  /** How many requests still meet the policy from before its last change. */
  lag: number;
  /** Resolves when all that was asked for so far is done. */
  work: Promise<void>;
}

const LATEST: readonly TrafficTarget[] = [{ latestRevision: true, percent: 100 }];

export function createService(name: string, region: string, creator: string): RunService {
  return {
    name,
    region,
    creator,
    uid: randomUUID(),
    created: new Date().toISOString(),
    generation: 0,
    observedGeneration: 0,
    resourceVersion: 0,
    annotations: {},
    labels: {},
    template: { spec: { containers: [] } },
    traffic: LATEST,
    routed: [],
    revisions: [],
    latestCreated: undefined,
    latestReady: undefined,
    configurations: 'Unknown',
    routes: 'Unknown',
    since: new Date().toISOString(),
    operation: '',
    deletion: undefined,
    lag: 0,
    work: Promise.resolve(),
  };
}

/** Takes over what a client wants, and goes to work on it. */
export function apply(service: RunService, { metadata, spec }: ServiceRequest, systems: ServiceSystems): void {
  const template = withDefaults(spec.template, service.name);
  const isNew = !isDeepStrictEqual(template, service.template);
  service.generation += 1;
  service.resourceVersion += 1;
  service.since = new Date().toISOString();
  service.operation = randomUUID();
  service.annotations = metadata.annotations ?? {};
  service.labels = metadata.labels ?? {};
  service.template = template;
  service.traffic = spec.traffic ?? LATEST;
  service.routes = 'Unknown';
  service.lag = systems.project.propagation;
  const revision = isNew ? addRevision(service) : undefined;
  const { generation } = service;
  service.work = service.work.then(() => reconcile(service, revision, generation, systems));
}

function addRevision(service: RunService): Revision {
  const { name, region, generation, template } = service;
  const suffix = `${String(generation).padStart(5, '0')}-${randomBytes(2).toString('hex').slice(0, 3)}`;
  const revision: Revision = {
    name: template.metadata?.name ?? `${name}-${suffix}`,
    service: name,
    region,
    generation,
    created: new Date().toISOString(),
    creator: service.creator,
    template,
    imageDigest: undefined,
    state: 'Unknown',
    container: undefined,
    busy: 0,
    starting: undefined,
  };
  service.revisions.push(revision);
  service.latestCreated = revision;
  service.configurations = 'Unknown';
  return revision;
}

function withDefaults({ metadata, spec }: Template, service: string): Template {
  const [first, ...rest] = spec.containers;
  if (!first) return { ...(metadata && { metadata }), spec };
  const container = {
    ...first,
    name: first.name === undefined || first.name === '' ? `${service}-1` : first.name,
    ports: first.ports ?? [{ name: 'http1', containerPort: 8080 }],
    resources: { limits: { cpu: '1000m', memory: '512Mi', ...first.resources?.limits } },
  };
  return {
    ...(metadata && { metadata }),
    spec: { containerConcurrency: 80, timeoutSeconds: 300, ...spec, containers: [container, ...rest] },
  };
}
