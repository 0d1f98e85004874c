/**
 * Service Usage: which APIs are on.
 *
 * Source: cloud.google.com/service-usage/docs/reference/rest/v1/services (list with `filter=state:ENABLED`, enable,
 * batchEnable, disable, operations). Without billing: `FAILED_PRECONDITION: Billing account for project …`, the facts of
 * issue 5, table of failures.
 */
import { Refusal, type Json, type Route } from './exchange.ts';
import type { Project } from './project.ts';

const HOST = 'serviceusage.googleapis.com';
/** What `services list --available` knows besides the ones that are on. */
const KNOWN = ['compute.googleapis.com', 'vpcaccess.googleapis.com'];

export function serviceUsageRoutes(project: Project): readonly Route[] {
  const all = new Set([...project.apis, ...KNOWN]);
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
        return { services: [...all].map(describe).filter((api) => state === undefined || api['state'] === state) };
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
