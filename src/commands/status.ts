import { usableHome } from './stages.ts';
import { planStatus, type StageStatus } from '../plan/status.ts';
import { isInterruption, Problem } from '../problem.ts';
import { line, type Cell, type Tone } from '../report.ts';
import type { Invocation } from '../command/invocation.ts';
import { STAGES } from './stages.ts';

interface Found extends Omit<StageStatus, 'state'> {
  readonly name: string;
  readonly state: StageStatus['state'] | 'unknown';
  /** Why it could not be asked. */
  readonly problem?: Problem;
}

const TONES: Readonly<Record<Found['state'], Tone>> = {
  absent: 'dim',
  partial: 'note',
  ready: 'good',
  foreign: 'bad',
  unknown: 'note',
};

export async function statusCommand(_values: object, invocation: Invocation): Promise<void> {
  usableHome(invocation);
  const found = await Promise.all(STAGES.map((stage) => ask(stage, invocation)));
  const isOurs = found.some(({ state }) => state === 'partial' || state === 'ready');
  const problem = found.find((stage) => stage.problem)?.problem;
  invocation.finish(
    {
      data: {
        stages: found.map(({ name, state, reason, note }) => ({
          name,
          state,
          ...(reason !== undefined && { reason }),
          ...(note !== undefined && { note }),
        })),
      },
      view: [
        {
          kind: 'table',
          columns: ['stage', 'state', 'why'],
          rows: found.map(({ name, state, reason }): (Cell | string)[] => [
            name,
            { text: state, tone: TONES[state] },
            reason ?? '',
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

async function ask({ name, plan }: (typeof STAGES)[number], invocation: Invocation): Promise<Found> {
  try {
    return { name, ...(await planStatus(await plan(invocation), invocation.systems, invocation)) };
  } catch (error) {
    if (!(error instanceof Problem) || isInterruption(error)) throw error;
    return { name, state: 'unknown', reason: error.message.split('\n', 1)[0] ?? error.code, problem: error };
  }
}
