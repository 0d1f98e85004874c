/**
 * Cloud Run's v1 API: revisions. Source: cloud.google.com/run/docs/reference/rest/v1/namespaces.revisions; that one with
 * traffic, or the latest, cannot be deleted: cloud.google.com/run/docs/managing/revisions; the text is made up.
 */
import { Refusal, type Json, type Route, type RoutedCall } from './exchange.ts';
import { stopInstance, type Revision } from './revision.ts';
import { describeRevision } from './run-description.ts';
import type { RunService } from './run-service.ts';

const REVISIONS = '{region}-run.googleapis.com/apis/serving.knative.dev/v1/namespaces/{project}/revisions';

export function revisionRoutes(services: () => readonly RunService[], number: string): readonly Route[] {
  const find = ({ params }: RoutedCall): { service: RunService; revision: Revision } => {
    for (const service of services()) {
      const revision = service.revisions.find(({ name }) => name === params['name']);
      if (revision && service.region === params['region']) return { service, revision };
    }
    throw new Refusal('NOT_FOUND', `Resource '${params['name'] ?? ''}' of kind 'REVISION' does not exist.`);
  };
  const list = ({ params, query }: RoutedCall): Json => {
    const service = /serving\.knative\.dev\/service\s*=\s*([\w-]+)/.exec(query.get('labelSelector') ?? '')?.[1];
    const found = services()
      .filter(({ name, region }) => region === params['region'] && (service === undefined || name === service))
      .flatMap(({ revisions }) => revisions.map((revision) => describeRevision(revision, number)));
    return { apiVersion: 'serving.knative.dev/v1', kind: 'RevisionList', metadata: {}, items: found.reverse() };
  };
  const remove = async (call: RoutedCall): Promise<Json> => {
    const { service, revision } = find(call);
    if (service.routed.some((target) => target.revision === revision) || service.latestCreated === revision) {
      throw new Refusal('FAILED_PRECONDITION', `Revision '${revision.name}' is serving traffic or is the latest one.`);
    }
    await stopInstance(revision);
    service.revisions.splice(service.revisions.indexOf(revision), 1);
    return { apiVersion: 'v1', kind: 'Status', status: 'Success' };
  };
  return [
    { on: `GET ${REVISIONS}`, needs: 'run.revisions.list', answer: list },
    {
      on: `GET ${REVISIONS}/{name}`,
      needs: 'run.revisions.get',
      answer: (call) => describeRevision(find(call).revision, number),
    },
    { on: `DELETE ${REVISIONS}/{name}`, needs: 'run.revisions.delete', answer: remove },
  ];
}
