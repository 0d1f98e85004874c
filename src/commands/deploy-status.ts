import type { ProblemCode } from '../problem.ts';
import type { TargetName } from '../deployment.ts';
import { planStatus } from '../plan/status.ts';
import { isInterruption, Problem } from '../problem.ts';
import { line, type Cell, type Line, type Table } from '../report.ts';
import { commandFor } from '../targets/cloudrun/place/commands.ts';
import type { Limits } from '../targets/cloudrun/service/limits.ts';
import { cloudRunStatus, type CloudRunStatus } from '../targets/cloudrun/service/status.ts';
import { foundPlace, type PlaceValues } from '../targets/cloudrun/commands/place.ts';
import type { Invocation } from '../command/invocation.ts';
import { servicePlan } from './service-plan.ts';

interface Row {
  readonly target: string;
  readonly state: string;
  readonly reason?: string;
  readonly remove: string;
}

/** A target, and why it could not be asked, where that is an error. */
interface Asked {
  readonly row: Row;
  readonly problem?: Problem;
}

/** People who do not use Docker, or Google Cloud, have none of these, and miss nothing. */
const NOT_USED: ReadonlySet<ProblemCode> = new Set(['docker_missing', 'command_missing', 'not_logged_in', 'api_off']);

export async function deployStatus(values: PlaceValues, invocation: Invocation): Promise<void> {
  const [local, container, cloud] = await Promise.all([
    onThisMachine('local', invocation),
    onThisMachine('container', invocation),
    onCloudRun(values, invocation),
  ]);
  const isKnown = !('row' in cloud);
  const row: Row = isKnown
    ? { target: 'cloudrun', ...cloud, remove: commandFor('destroy cloudrun', cloud) }
    : cloud.row;
  const rows = [local.row, container.row, row];
  const problem = local.problem ?? container.problem ?? (isKnown ? undefined : cloud.problem);
  invocation.finish(
    {
      data: { targets: [local.row, container.row, isKnown ? { target: 'cloudrun', ...cloud } : row] },
      view: [tableOf(rows), ...(isKnown ? cloudRunView(cloud) : []), ...rows.flatMap(wayOut)],
    },
    problem,
  );
}

async function onThisMachine(target: TargetName, invocation: Invocation): Promise<Asked> {
  const remove = `redisdemo destroy ${target}`;
  try {
    const plan = await servicePlan(target, invocation);
    return { row: { target, ...(await planStatus(plan, invocation.systems, invocation)), remove } };
  } catch (error) {
    const problem = problemOf(error);
    return { row: { target, ...unknown(problem), remove }, ...counted(problem) };
  }
}

async function onCloudRun(
  values: PlaceValues,
  { systems, report, signal }: Invocation,
): Promise<CloudRunStatus | Asked> {
  const row = (state: string, reason: string) => ({ target: 'cloudrun', state, reason, remove: '' });
  try {
    const place = await foundPlace(values, { systems, signal });
    if (place === undefined) return { row: row('unknown', 'no project: give --project ID') };
    return await cloudRunStatus(place, systems, { report, signal });
  } catch (error) {
    const problem = problemOf(error);
    const { state, reason } = unknown(problem);
    return { row: row(state, reason), ...counted(problem) };
  }
}

const counted = (problem: Problem): Pick<Asked, 'problem'> => (NOT_USED.has(problem.code) ? {} : { problem });

/** One target that cannot be asked does not hide the others. */
function problemOf(error: unknown): Problem {
  if (!(error instanceof Problem) || isInterruption(error)) throw error;
  return error;
}

function unknown({ message, code }: Problem): { readonly state: string; readonly reason: string } {
  return { state: 'unknown', reason: message.split('\n', 1)[0] ?? code };
}

function tableOf(rows: readonly Row[]): Table {
  return {
    kind: 'table',
    columns: ['target', 'state', 'why'],
    rows: rows.map(({ target, state, reason }): (Cell | string)[] => [
      target,
      { text: state, tone: state === 'ready' ? 'good' : state === 'absent' ? 'dim' : 'note' },
      reason ?? '',
    ]),
  };
}

function wayOut({ state, remove }: Row): Line[] {
  return state === 'absent' || state === 'unknown' ? [] : [line(`Take it away: ${remove}`)];
}

function cloudRunView(status: CloudRunStatus): Line[] {
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
