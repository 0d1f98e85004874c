/**
 * Cloud Run's v1 API: services.
 *
 * Where each belief comes from:
 * - services, revisions, configurations, routes under /apis/serving.knative.dev/v1/namespaces; policies, locations and
 *   operations:wait under /v1/projects: cloud.google.com/run/docs/reference/rest/v1, and the requests of gcloud 528
 *   (which region's host serves what: the facts of issue 5, 1).
 * - `dryRun=all` only validates; a stale resourceVersion is 409 ABORTED: the same reference.
 * - an unknown region is 404, for which gcloud lists the regions: command_lib/run/serverless_operations.py. Live it may be
 *   an error of DNS instead.
 */
import { Refusal, type Json, type Route, type RoutedCall } from './exchange.ts';
import type { Iam } from './iam.ts';
import type { ServiceRequest } from './knative.ts';
import type { Policies } from './policy.ts';
import { stopInstance } from './revision.ts';
import { describeService, resourceVersion } from './run-description.ts';
import { waitFor } from './run-operation.ts';
import { revisionRoutes } from './run-revisions.ts';
import { apply, createService, type RunService, type ServiceSystems } from './run-service.ts';
import { validate } from './run-validation.ts';

const SPACE = '{region}-run.googleapis.com/apis/serving.knative.dev/v1/namespaces/{project}';
const PLACE = 'run.googleapis.com/v1/projects/{project}/locations';

export interface CloudRun {
  readonly services: () => readonly RunService[];
  readonly routes: readonly Route[];
  /** For the policies of services. */
  readonly resource: (service: RunService) => string;
  readonly stop: () => Promise<void>;
}

export interface CloudRunSystems extends ServiceSystems {
  readonly iam: Iam;
  readonly policies: Policies;
}

export function createCloudRun(systems: CloudRunSystems): CloudRun {
  const { project, policies } = systems;
  const services = new Map<string, RunService>();
  const all = (): RunService[] => [...services.values()];
  const key = ({ params }: RoutedCall): string =>
    `${params['region'] ?? params['location'] ?? ''}/${params['name'] ?? ''}`;
  const resource = ({ region, name }: Pick<RunService, 'region' | 'name'>): string =>
    `projects/${project.id}/locations/${region}/services/${name}`;
  const find = (call: RoutedCall): RunService => {
    refuseUnknownRegion(call, systems);
    const found = services.get(key(call));
    if (found) return found;
    throw new Refusal(
      'NOT_FOUND',
      `Resource '${call.params['name'] ?? ''}' of kind 'SERVICE' in region '${call.params['region'] ?? ''}' in project '${project.id}' does not exist.`,
    );
  };
  const describe = (service: RunService): Json => describeService(service, systems);
  const write = (call: RoutedCall, service: RunService): Json => {
    const wanted = call.json as unknown as ServiceRequest;
    validate(wanted, systems);
    if (call.query.get('dryRun') === 'all') return call.json;
    services.set(`${service.region}/${service.name}`, service);
    service.creator = call.caller;
    apply(service, wanted, systems);
    return describe(service);
  };
  const create = (call: RoutedCall): Json => {
    refuseUnknownRegion(call, systems);
    const { name } = (call.json as unknown as ServiceRequest).metadata;
    const region = call.params['region'] ?? '';
    if (services.has(`${region}/${name}`)) {
      throw new Refusal('ALREADY_EXISTS', `Resource '${name}' already exists.`);
    }
    return write(call, createService(name, region, call.caller));
  };
  const replace = (call: RoutedCall): Json => {
    const service = find(call);
    const { resourceVersion: version } = (call.json as unknown as ServiceRequest).metadata;
    if (version !== undefined && version !== resourceVersion(service)) {
      const message = `Conflict for resource '${service.name}': version '${version}' was specified but current version is '${resourceVersion(service)}'.`;
      throw new Refusal('ABORTED', message);
    }
    return write(call, service);
  };
  const remove = (call: RoutedCall): Json => {
    const service = find(call);
    service.deletion = new Date().toISOString();
    void service.work.then(async () => {
      await systems.pending.pass('removal');
      services.delete(`${service.region}/${service.name}`);
      policies.forget(resource(service));
      await Promise.all(service.revisions.map(stopInstance));
    });
    return { apiVersion: 'v1', kind: 'Status', status: 'Success' };
  };
  const setPolicy = (call: RoutedCall): Json => {
    const service = find(call);
    service.lag = project.propagation;
    return policies.write(resource(service), call);
  };
  const list = (region: string): Json => ({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'ServiceList',
    metadata: {},
    items: all()
      .filter((service) => region === '-' || service.region === region)
      .map(describe),
  });
  const routes: readonly Route[] = [
    ...revisionRoutes(all, project.number),
    { on: `POST ${SPACE}/services`, needs: 'run.services.create', answer: create },
    { on: `GET ${SPACE}/services`, needs: 'run.services.list', answer: ({ params }) => list(params['region'] ?? '') },
    { on: `GET ${SPACE}/services/{name}`, needs: 'run.services.get', answer: (call) => describe(find(call)) },
    { on: `PUT ${SPACE}/services/{name}`, needs: 'run.services.update', answer: replace },
    { on: `DELETE ${SPACE}/services/{name}`, needs: 'run.services.delete', answer: remove },
    {
      on: `POST {region}-${PLACE}/{location}/operations/{operation}:wait`,
      answer: ({ params }) =>
        waitFor(
          all().find(({ operation }) => operation === params['operation']),
          systems,
        ),
    },
    {
      on: `GET ${PLACE}`,
      needs: 'run.locations.list',
      answer: () => ({
        locations: project.regions.map((locationId) => ({
          name: `projects/${project.id}/locations/${locationId}`,
          locationId,
        })),
      }),
    },
    {
      on: `GET ${PLACE}/{location}/services`,
      needs: 'run.services.list',
      answer: ({ params }) => list(params['location'] ?? ''),
    },
    {
      on: `GET ${PLACE}/{location}/services/{name}:getIamPolicy`,
      needs: 'run.services.getIamPolicy',
      answer: (call) => policies.read(resource(find(call))),
    },
    {
      on: `POST ${PLACE}/{location}/services/{name}:setIamPolicy`,
      needs: 'run.services.setIamPolicy',
      answer: setPolicy,
    },
    {
      // gcloud asks this of a service that is still to be created: the rights of the project count.
      on: `POST {region}-${PLACE}/{location}/services/{name}:testIamPermissions`,
      answer: ({ json }) => ({
        permissions: ((json['permissions'] ?? []) as string[]).filter((name) => !project.denied.has(name)),
      }),
    },
  ];
  return {
    services: all,
    routes,
    resource,
    stop: async () => {
      await Promise.all(all().map(({ work }) => work));
      await Promise.all(all().flatMap(({ revisions }) => revisions.map(stopInstance)));
    },
  };
}

function refuseUnknownRegion({ params }: RoutedCall, { project }: ServiceSystems): void {
  if (project.regions.includes(params['region'] ?? params['location'] ?? '')) return;
  throw new Refusal('NOT_FOUND', 'Requested entity was not found.');
}
