/**
 * Service Usage: which APIs are on.
 *
 * Source: cloud.google.com/service-usage/docs/reference/rest/v1/services (list with `filter=state:ENABLED`, get, enable,
 * batchEnable, disable, operations). A page of the list has 50 entries unless told otherwise, and 200 at most
 * (services/list); batchGet takes 30 names, all of the project that is asked (services/batchGet; gcloud 528,
 * generated_clients/apis/serviceusage/v1). That batchGet needs the permission of get is made up. Without billing: `FAILED_PRECONDITION: Billing account for project …`, the facts of
 * issue 5, table of failures.
 */
import { Refusal, type Json, type Route } from './exchange.ts';
import type { Project } from './project.ts';

const HOST = 'serviceusage.googleapis.com';
/** What `services list --available` knows besides the ones that are on. */
const KNOWN = ['compute.googleapis.com', 'vpcaccess.googleapis.com'];
const PAGE = { usual: 50, most: 200 };
const MOST_NAMES = 30;

export function serviceUsageRoutes(project: Project): readonly Route[] {
  const first = [...project.apis];
  const all = (): string[] => [...new Set([...first, ...KNOWN, ...project.apis])].toSorted();
  const describe = (api: string): Json => ({
    name: `projects/${project.number}/services/${api}`,
    parent: `projects/${project.number}`,
    config: { name: api, title: api },
    state: project.apis.has(api) ? 'ENABLED' : 'DISABLED',
  });
  const turnOn = (apis: readonly string[]): Json => {
    if (!project.billing) {
      const message = `Billing account for project '${project.number}' is not found. Billing must be enabled for activation of service(s) '${apis.join(',')}' to proceed.`;
      throw new Refusal('FAILED_PRECONDITION', message);
    }
    for (const api of apis.filter((name) => !project.apis.has(name))) {
      project.apis.add(api);
      project.lagging.set(api, project.enablingLag);
    }
    return done({ services: apis.map(describe) });
  };
  return [
    {
      on: `GET ${HOST}/v1/projects/{project}/services`,
      needs: 'serviceusage.services.list',
      answer: ({ query }) => {
        const filter = query.get('filter') ?? '';
        const state = /^state:(ENABLED|DISABLED)$/i.exec(filter)?.[1]?.toUpperCase();
        const services = all()
          .map(describe)
          .filter((api) => state === undefined || api['state'] === state);
        const start = Number(query.get('pageToken') ?? 0);
        const end = start + Math.min(Number(query.get('pageSize') ?? PAGE.usual), PAGE.most);
        return { services: services.slice(start, end), ...(end < services.length && { nextPageToken: String(end) }) };
      },
    },
    {
      on: `GET ${HOST}/v1/projects/{project}/services:batchGet`,
      needs: 'serviceusage.services.get',
      answer: ({ params, query }) => {
        const names = query.getAll('names').map((name) => name.split('/services/'));
        if (names.length > MOST_NAMES || names.some(([parent]) => parent !== `projects/${params['project'] ?? ''}`)) {
          throw new Refusal('INVALID_ARGUMENT', 'Request contains an invalid argument.');
        }
        return { services: names.map(([, api = '']) => describe(api)) };
      },
    },
    {
      on: `GET ${HOST}/v1/projects/{project}/services/{api}`,
      needs: 'serviceusage.services.get',
      answer: ({ params }) => describe(params['api'] ?? ''),
    },
    {
      on: `POST ${HOST}/v1/projects/{project}/services/{api}:enable`,
      needs: 'serviceusage.services.enable',
      answer: ({ params }) => turnOn([params['api'] ?? '']),
    },
    {
      on: `POST ${HOST}/v1/projects/{project}/services:batchEnable`,
      needs: 'serviceusage.services.enable',
      answer: ({ json }) => turnOn((json['serviceIds'] ?? []) as string[]),
    },
    {
      on: `POST ${HOST}/v1/projects/{project}/services/{api}:disable`,
      needs: 'serviceusage.services.disable',
      answer: ({ params }) => {
        project.apis.delete(params['api'] ?? '');
        return done({});
      },
    },
    { on: `GET ${HOST}/v1/operations/{id}`, answer: () => done({}) },
  ];
}

function done(response: Json): Json {
  return { name: 'operations/acat.stand-in', done: true, response };
}
