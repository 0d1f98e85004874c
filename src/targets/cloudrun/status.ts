/** What there is on Cloud Run, as an answer of the stage. */
import type { Invocation } from '../../command/invocation.ts';
import { line, type Line } from '../../report.ts';
import type { StageAnswer } from '../../stage/work.ts';
import { foundPlace, type PlaceValues } from './commands/place.ts';
import { commandFor } from './place/commands.ts';
import { places } from './service/journal.ts';
import type { Limits } from './service/limits.ts';
import type { CloudRunPlace } from './place/place.ts';
import { cloudRunStatus, type CloudRunStatus } from './service/status.ts';

/** @param values absent: every place that was deployed to from this state folder */
export async function statusOnCloudRun(invocation: Invocation, values?: PlaceValues): Promise<readonly StageAnswer[]> {
  if (values === undefined) {
    const known = await places(invocation.places.home, invocation.systems);
    return Promise.all(known.map((place) => answerFor(place, invocation)));
  }
  const place = await foundPlace(values, invocation);
  return place === undefined
    ? [{ state: 'unknown', reason: 'no project: give --project ID' }]
    : [await answerFor(place, invocation)];
}

async function answerFor(place: CloudRunPlace, invocation: Invocation): Promise<StageAnswer> {
  const details = await cloudRunStatus(place, invocation.systems, invocation);
  const { state, reason } = details;
  return {
    state,
    where: `${place.service} in ${place.project}, ${place.region}`,
    ...(reason !== undefined && { reason }),
    details,
    view: viewOf(details),
    remove: commandFor('destroy cloudrun', place),
  };
}

/** For a person: what runs there, how it was made, and what it costs. */
function viewOf(status: CloudRunStatus): Line[] {
  const { state, url, public: isPublic, traffic = [], pinned, created, cost } = status;
  if (state === 'absent') return [];
  return [
    line(
      `Cloud Run: ${url ?? ''} (${isPublic === undefined ? 'you may not see who can call it' : isPublic ? 'public' : 'private'}), there since ${created ?? ''}`,
    ),
    ...traffic.map(({ revision, percent, tag, since }) =>
      line(`  ${revision}: ${String(percent)} %${tag === undefined ? '' : `, tag ${tag}`}, made ${since ?? '?'}`),
    ),
    ...(pinned === true ? [line('The traffic is pinned: a new deployment asks before it moves it.', 'note')] : []),
    ...madeOf(status),
    line(`  ${cost ?? ''}`),
  ];
}

function madeOf({ image, limits, account, redis, lastDeployment }: CloudRunStatus): Line[] {
  const deployed = lastDeployment && `last deployment: ${lastDeployment.at}, by ${lastDeployment.by ?? 'somebody'}`;
  return [
    `image: ${image ?? '?'}`,
    ...(limits ? [limitsLine(limits)] : []),
    `runs as: ${account ?? "the project's default account"}`,
    `Redis: ${redis ?? 'none, users are in memory'}`,
    ...(deployed === undefined ? [] : [deployed]),
  ].map((text) => line(`  ${text}`));
}

function limitsLine({ memory, cpu, concurrency, timeoutS }: Limits): string {
  return (
    `limits: ${memory} of memory, ${String(cpu)} CPU${cpu === 1 ? '' : 's'}, ${String(concurrency)} requests at once, ` +
    `${String(timeoutS)} s for a request`
  );
}
