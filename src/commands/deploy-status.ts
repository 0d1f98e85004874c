import type { Invocation } from '../command/invocation.ts';
import { isInterruption, Problem, type ProblemCode } from '../problem.ts';
import { line, type Cell, type Line, type Table } from '../report.ts';
import { workOf } from '../stage/list.ts';
import type { StageAnswer } from '../stage/work.ts';
import type { Target } from '../stage/stage.ts';

interface Row extends StageAnswer {
  readonly target: string;
}

/** People who do not use Docker, or Google Cloud, have none of these, and miss nothing. */
const NOT_USED: ReadonlySet<ProblemCode> = new Set(['docker_missing', 'command_missing', 'not_logged_in', 'api_off']);

export async function deployStatus(values: object, targets: readonly Target[], invocation: Invocation): Promise<void> {
  const rows = (await Promise.all(targets.map((target) => ask(target, values, invocation)))).flat();
  invocation.finish(
    {
      data: { targets: rows.map(dataOf) },
      view: [tableOf(rows), ...rows.flatMap(({ view = [] }) => view), ...rows.flatMap(wayOut)],
    },
    rows.find(({ problem }) => problem)?.problem,
  );
}

/** One target that cannot be asked does not hide the others. */
async function ask(stage: Target, values: object, invocation: Invocation): Promise<readonly Row[]> {
  const { name: target } = stage;
  try {
    const { status } = await workOf(stage, invocation);
    const answers = (await status?.(invocation, values as never)) ?? [];
    return answers.map((answer) => ({ target, remove: `redisdemo destroy ${target}`, ...answer }));
  } catch (error) {
    if (!(error instanceof Problem) || isInterruption(error)) throw error;
    const reason = error.message.split('\n', 1)[0] ?? error.code;
    return [{ target, state: 'unknown', reason, ...(NOT_USED.has(error.code) ? {} : { problem: error }) }];
  }
}

function dataOf({ target, state, reason, note, remove, details }: Row): object {
  return {
    target,
    state,
    ...(reason !== undefined && { reason }),
    ...(note !== undefined && { note }),
    ...details,
    remove: remove ?? '',
  };
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
  return remove === undefined || state === 'absent' || state === 'unknown' ? [] : [line(`Take it away: ${remove}`)];
}
