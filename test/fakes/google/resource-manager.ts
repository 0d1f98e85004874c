/**
 * Resource Manager and Billing: the project, its policy, which permissions the caller has, whether someone pays.
 *
 * Source: cloud.google.com/resource-manager/reference/rest/v1/projects (get, getIamPolicy, setIamPolicy,
 * testIamPermissions), cloud.google.com/billing/docs/reference/rest/v1/projects/getBillingInfo. A project that does not
 * exist and one that is not yours get the same 403: the facts of issue 5, "403 shape 2".
 */
import { Refusal, type Route } from './exchange.ts';
import type { Policies } from './policy.ts';
import type { Project } from './project.ts';

const HOST = 'cloudresourcemanager.googleapis.com';

export function resourceManagerRoutes(project: Project, policies: Policies): readonly Route[] {
  const resource = `projects/${project.id}`;
  return [
    {
      on: `GET ${HOST}/v1/projects/{project}`,
      needs: 'resourcemanager.projects.get',
      answer: () => ({
        projectNumber: project.number,
        projectId: project.id,
        lifecycleState: 'ACTIVE',
        name: project.id,
        createTime: '2026-01-01T00:00:00.000Z',
      }),
    },
    {
      on: `GET ${HOST}/v1/projects`,
      answer: () => ({ projects: [{ projectId: project.id, lifecycleState: 'ACTIVE' }] }),
    },
    {
      on: `POST ${HOST}/v1/projects/{project}:testIamPermissions`,
      answer: ({ json }) => {
        const permissions = ((json['permissions'] ?? []) as string[]).filter((name) => !project.denied.has(name));
        return permissions.length === 0 ? {} : { permissions };
      },
    },
    {
      on: `POST ${HOST}/v1/projects/{project}:getIamPolicy`,
      needs: 'resourcemanager.projects.getIamPolicy',
      answer: () => policies.read(resource),
    },
    {
      on: `POST ${HOST}/v1/projects/{project}:setIamPolicy`,
      needs: 'resourcemanager.projects.setIamPolicy',
      answer: (call) => policies.write(resource, call),
    },
    {
      on: 'GET cloudbilling.googleapis.com/v1/projects/{project}/billingInfo',
      needs: 'resourcemanager.projects.get',
      answer: () => ({
        name: `${resource}/billingInfo`,
        projectId: project.id,
        // What is empty or false is left out, as everywhere in JSON of protocol buffers.
        ...(project.billing && { billingAccountName: 'billingAccounts/000000-000000-000000', billingEnabled: true }),
      }),
    },
    {
      on: `GET ${HOST}/v3/projects/{project}`,
      needs: 'resourcemanager.projects.get',
      answer: () => ({ name: `projects/${project.number}`, projectId: project.id, state: 'ACTIVE' }),
    },
    {
      on: `GET ${HOST}/{any+}`,
      answer: () => {
        throw new Refusal('PERMISSION_DENIED', 'The caller does not have permission');
      },
    },
  ];
}
