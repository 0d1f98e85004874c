/** What a Google Cloud holds, in a form that two of them can be compared in. */
import type { Google } from '../fakes/google/google.ts';
import { unzip } from '../fakes/google/source-archive.ts';

/** Names that are others each time, by what they are. */
function plain(text: string): string {
  return text
    .replaceAll(/redisdemo-\d{5}-\w{3}/g, 'REVISION')
    .replaceAll(/(redisdemo-since(?:"?[=:] ?)"?)\d+/g, '$1SINCE')
    .replaceAll(/services(%2F|\/)redisdemo(%2F|\/)(?:[a-z\d-]+(%2F|\/))?[\d.]+-[0-9a-f]+\.(?:zip|tgz)/g, 'ARCHIVE')
    .replaceAll(/sha256:[0-9a-f]{64}/g, 'DIGEST')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/(?:\d{4}-\d\d-\d\dT[\d:.]+Z)/g, 'TIME');
}

/** What stays the same however often a release was broken off. Archives and images are counted as some or none. */
export function stateOf({ services, secrets, policies, storage, registry, project }: Google): unknown {
  const state = {
    services: services().map((service) => ({
      name: service.name,
      labels: service.labels,
      annotations: Object.fromEntries(Object.entries(service.annotations).filter(([name]) => !OF_THE_CALL.test(name))),
      template: { ...service.template, metadata: undefined },
      traffic: service.routed.map(({ percent, tag, latest }) => ({ percent, tag, latest })),
      healthy: [service.configurations, service.routes],
    })),
    secrets: [...secrets.values()].map(({ name, labels, versions }) => ({
      name,
      labels,
      versions: versions.map(({ number, state: versionState }) => [number, versionState]),
    })),
    policies: [...secrets.keys()].map((name) => policies.bindings(`projects/${project.number}/secrets/${name}`)),
    archives: storage.objects().some(({ name }) => /\.(?:zip|tgz)$/.test(name)),
    images: registry.images().length > 0,
    apis: [...project.apis].sort(),
  };
  return JSON.parse(plain(JSON.stringify(state)));
}

/** Who called last, from which client. */
const OF_THE_CALL =
  /serving\.knative\.dev\/(?:creator|lastModifier)|client\.knative|run\.googleapis\.com\/(?:client|operation|build)/;

/** What was asked of Google to change, from the request number `from` on: method, where, and what of it matters. */
export function changesIn({ requests }: Google, from = 0): readonly string[] {
  return requests
    .slice(from)
    .filter(({ on }) => !on.startsWith('GET ') && !ASKS.test(on))
    .map(({ on, status }) => plain(`${on} ${String(status)}`));
}

const ASKS = /oauth2|:(?:testIamPermissions|getIamPolicy|wait|generateIdToken)$|entries:list$/;

/** The files of the newest source archive, sorted. */
export function uploadedFiles({ storage }: Google): readonly string[] {
  const archive = storage.objects().findLast(({ name }) => name.endsWith('.zip'));
  const files = unzip(archive?.content ?? Buffer.alloc(0)).map(({ path }) => path);
  return files.filter((path) => !path.endsWith('/')).sort();
}
