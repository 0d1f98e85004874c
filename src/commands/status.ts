import { isInterruption, Problem } from '../problem.ts';
import { line, type Cell, type Tone } from '../report.ts';
import type { Invocation } from '../command/invocation.ts';
import { workOf } from '../stage/list.ts';
import type { Stage, Stages } from '../stage/stage.ts';
import type { StageAnswer } from '../stage/work.ts';
import { usableHome } from './usable-home.ts';

interface Row extends StageAnswer {
  readonly name: string;
}

const TONES: Readonly<Record<StageAnswer['state'], Tone>> = {
  absent: 'dim',
  partial: 'note',
  ready: 'good',
  foreign: 'bad',
  unknown: 'note',
};

export async function statusCommand(stages: Stages, invocation: Invocation): Promise<void> {
  usableHome(invocation);
  const found = (await Promise.all(stages.map((stage) => ask(stage, invocation)))).flat();
  const isOurs = found.some(({ state }) => state === 'partial' || state === 'ready');
  const problem = found.find((stage) => stage.problem)?.problem;
  invocation.finish(
    {
      data: {
        stages: found.map(({ name, state, where, reason, note }) => ({
          name,
          state,
          ...(where !== undefined && { where }),
          ...(reason !== undefined && { reason }),
          ...(note !== undefined && { note }),
        })),
      },
      view: [
        {
          kind: 'table',
          columns: ['stage', 'state', 'why'],
          rows: found.map(({ name, state, where, reason }): (Cell | string)[] => [
            name,
            { text: state, tone: TONES[state] },
            [where, reason].filter((words) => words !== undefined).join(': '),
          ]),
        },
        ...found.flatMap(({ note }) => (note === undefined ? [] : [line(note)])),
        ...(isOurs ? [line('Take it all away with: redisdemo down')] : []),
        ...(isOurs || problem ? [] : [line('Nothing of ours runs.')]),
      ],
    },
    problem,
  );
}

/** Each asked alone: one that cannot be asked does not hide the others. */
async function ask(stage: Stage, invocation: Invocation): Promise<readonly Row[]> {
  const { name } = stage;
  try {
    const { status } = await workOf(stage, invocation);
    return ((await status?.(invocation)) ?? []).map((answer) => ({ name, ...answer }));
  } catch (error) {
    if (!(error instanceof Problem) || isInterruption(error)) throw error;
    return [{ name, state: 'unknown', reason: error.message.split('\n', 1)[0] ?? error.code, problem: error }];
  }
}
