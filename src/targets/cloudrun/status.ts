import type { Invocation } from '../../command/invocation.ts';
import { line, type Line } from '../../report.ts';
import type { StageAnswer } from '../../stage/work.ts';
import { openGoogle } from './google/google-api.ts';
import { commandFor, type CloudRunPlace } from './place/place.ts';
import { idleCost, type Limits } from './service/limits.ts';
import { readyOf, trafficOf, type RevisionJson, type ServiceJson } from './service/service.ts';
import { isPublic, readRevisions, readState, type ServiceState } from './service/state.ts';

export async function statusAt(place: CloudRunPlace, invocation: Invocation): Promise<StageAnswer> {
  const google = await openGoogle(invocation.systems, invocation);
  const [found, revisions] = await Promise.all([readState(place, google), readRevisions(place, google)]);
  const shown = found && detailsOf(found, revisions);
  const state = shown?.state ?? 'absent';
  return {
    state,
    ...(shown?.reason !== undefined && { reason: shown.reason }),
    details: { ...place, state, ...shown },
    view: shown ? viewOf(shown) : [],
    remove: commandFor('destroy cloudrun', place),
  };
}

type Details = ReturnType<typeof detailsOf>;

function detailsOf(state: ServiceState, revisions: readonly RevisionJson[]) {
  const { service, url, openness, serving, pinnedTo } = state;
  const { annotations, creationTimestamp: created } = service.metadata;
  const ready = readyOf(service);
  const limits = limitsOf(service);
  const isReady = ready?.status === 'True';
  return {
    state: serving.length > 0 && isReady ? ('ready' as const) : ('partial' as const),
    ...(!isReady && { reason: ready?.message?.split('\n', 1)[0] ?? 'a change is under way' }),
    url,
    // Left out where the login cannot see who can call the service.
    ...(openness !== 'unknown' && { public: isPublic(state) }),
    created,
    pinned: pinnedTo !== undefined,
    ...madeOf(service),
    limits,
    ...lastDeployment(revisions, service),
    cost: idleCost(Number(annotations?.['run.googleapis.com/minScale'] ?? 0), limits),
    traffic: trafficOf(service).map(({ revisionName: revision = '', percent = 0, tag }) => {
      const since = revisions.find(({ metadata }) => metadata.name === revision)?.metadata.creationTimestamp;
      return { revision, percent, ...(tag !== undefined && { tag }), ...(since !== undefined && { since }) };
    }),
  };
}

/** Describes the newest revision, whether it has the traffic or not. */
function madeOf(service: ServiceJson) {
  const { containers, serviceAccountName: account } = service.spec.template.spec;
  const [{ image, env = [] } = { image: '' }] = containers;
  const [host, port] = ['REDISHOST', 'REDISPORT'].map((name) => env.find((variable) => variable.name === name)?.value);
  return {
    image,
    // The account that the service runs as, where it is not the project's default.
    ...(account !== undefined && { account }),
    ...(host !== undefined && { redis: `${host}:${port ?? '6379'}` }),
  };
}

/** Defaults are Cloud Run's: https://cloud.google.com/run/docs/reference/rest/v1/RevisionSpec */
function limitsOf({ spec }: ServiceJson): Limits {
  const { containers, containerConcurrency: concurrency = 80, timeoutSeconds: timeoutS = 300 } = spec.template.spec;
  const { memory = '512Mi', cpu = '1' } = containers[0]?.resources?.limits ?? {};
  return { memory, cpu: cpu.endsWith('m') ? Number.parseInt(cpu) / 1000 : Number(cpu), concurrency, timeoutS };
}

function lastDeployment([newest]: readonly RevisionJson[], { metadata }: ServiceJson) {
  if (!newest) return {};
  const { name, creationTimestamp: at, annotations } = newest.metadata;
  const by = annotations?.['serving.knative.dev/creator'] ?? metadata.annotations?.['serving.knative.dev/lastModifier'];
  return { lastDeployment: { revision: name, at, ...(by !== undefined && { by }) } };
}

function viewOf(details: Details): Line[] {
  const { url, public: isOpen, traffic, pinned, created, cost } = details;
  const access = isOpen === undefined ? 'you may not see who can call it' : isOpen ? 'public' : 'private';
  return [
    line(`Cloud Run: ${url} (${access}), there since ${created}`),
    ...traffic.map(({ revision, percent, tag, since }) =>
      line(`  ${revision}: ${String(percent)} %${tag === undefined ? '' : `, tag ${tag}`}, made ${since ?? '?'}`),
    ),
    ...(pinned ? [line('The traffic is pinned: a new deployment asks before it moves it.', 'note')] : []),
    ...madeLines(details),
    line(`  ${cost}`),
  ];
}

function madeLines({ image, limits, account, redis, lastDeployment: last }: Details): Line[] {
  return [
    `image: ${image}`,
    limitsLine(limits),
    `runs as: ${account ?? "the project's default account"}`,
    `Redis: ${redis ?? 'none, users are in memory'}`,
    ...(last ? [`last deployment: ${last.at}, by ${last.by ?? 'somebody'}`] : []),
  ].map((text) => line(`  ${text}`));
}

function limitsLine({ memory, cpu, concurrency, timeoutS }: Limits): string {
  return (
    `limits: ${memory} of memory, ${String(cpu)} CPU${cpu === 1 ? '' : 's'}, ${String(concurrency)} requests at once, ` +
    `${String(timeoutS)} s for a request`
  );
}
