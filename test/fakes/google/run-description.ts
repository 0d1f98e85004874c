/**
 * Services and revisions as the API answers them.
 *
 * Source: Ready is ConfigurationsReady and RoutesReady: knative.dev, docs/spec/errors.md; annotations and the operation id
 * among them: gcloud 528, api_lib/run/service.py.
 */
import type { Json } from './exchange.ts';
import { condition, type Condition } from './knative.ts';
import type { Revision } from './revision.ts';
import type { Routed, RunService, ServiceSystems } from './run-service.ts';
import { hostNames, hostsOf } from './urls.ts';

/** As the API answers it. */
export function describeService(service: RunService, { project }: ServiceSystems): Json {
  const { name, region, latestCreated, latestReady } = service;
  const { legacy } = hostsOf(service, project);
  const urls = hostNames(service, project).map((host) => `https://${host}`);
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: project.number,
      selfLink: `/apis/serving.knative.dev/v1/namespaces/${project.number}/services/${name}`,
      uid: service.uid,
      resourceVersion: resourceVersion(service),
      generation: service.generation,
      creationTimestamp: service.created,
      ...(service.deletion !== undefined && { deletionTimestamp: service.deletion }),
      labels: { ...service.labels, 'cloud.googleapis.com/location': region },
      annotations: {
        'serving.knative.dev/creator': service.creator,
        'run.googleapis.com/ingress': 'all',
        ...service.annotations,
        'serving.knative.dev/lastModifier': service.creator,
        'run.googleapis.com/ingress-status': 'all',
        'run.googleapis.com/operation-id': service.operation,
        'run.googleapis.com/urls': JSON.stringify(urls),
      },
    },
    spec: { template: service.template, traffic: service.traffic },
    status: {
      observedGeneration: service.observedGeneration,
      conditions: conditionsOf(service),
      ...(latestCreated && { latestCreatedRevisionName: latestCreated.name }),
      ...(latestReady && { latestReadyRevisionName: latestReady.name }),
      traffic: service.routed.map((target) => describeTarget(target, legacy)),
      url: `https://${legacy}`,
      address: { url: `https://${legacy}` },
    },
  };
}

export function resourceVersion({ resourceVersion: version }: RunService): string {
  return Buffer.from(`version ${String(version)}`).toString('base64');
}

/** While a change is under way Ready is Unknown. */
function conditionsOf({ configurations, routes, since }: RunService): Condition[] {
  const ready = [configurations, routes].find((state) => state !== 'True') ?? 'True';
  const isPending = configurations === 'Unknown' || routes === 'Unknown';
  return [
    condition('Ready', isPending ? 'Unknown' : ready, since),
    condition('ConfigurationsReady', configurations, since),
    condition('RoutesReady', routes, since),
  ];
}

function describeTarget({ revision, percent, tag, latest }: Routed, host: string): Json {
  return {
    revisionName: revision.name,
    ...(percent > 0 && { percent }),
    ...(latest && { latestRevision: true }),
    ...(tag !== undefined && { tag, url: `https://${tag}---${host}` }),
  };
}

export function describeRevision(revision: Revision, number: string): Json {
  const { name, service, region, generation, created, creator, template, imageDigest, state } = revision;
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: {
      name,
      namespace: number,
      selfLink: `/apis/serving.knative.dev/v1/namespaces/${number}/revisions/${name}`,
      generation: 1,
      creationTimestamp: created,
      labels: {
        ...template.metadata?.labels,
        'serving.knative.dev/configuration': service,
        'serving.knative.dev/configurationGeneration': String(generation),
        'serving.knative.dev/service': service,
        'cloud.googleapis.com/location': region,
      },
      annotations: { ...template.metadata?.annotations, 'serving.knative.dev/creator': creator },
    },
    spec: template.spec,
    status: {
      observedGeneration: 1,
      conditions: [condition('Ready', state, created), condition('ContainerHealthy', state, created)],
      ...(imageDigest !== undefined && { imageDigest }),
    },
  };
}
