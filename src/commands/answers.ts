/** The status of stages, as rows of a table. */
import type { Invocation } from '../command/invocation.ts';
import { isInterruption, Problem } from '../problem.ts';
import type { Cell, Table, Tone } from '../report.ts';
import { workOf } from '../stage/list.ts';
import type { Stages } from '../stage/stage.ts';
import type { StageAnswer } from '../stage/work.ts';

export interface Row extends StageAnswer {
  readonly name: string;
  /** Where there can be several: which one it is. */
  readonly where?: string;
}

/** A stage that cannot be checked does not hide the others. @param values the settings of a place */
export async function askAll(stages: Stages, invocation: Invocation, values?: object): Promise<readonly Row[]> {
  const rows = stages.map(async (stage): Promise<readonly Row[]> => {
    const { name } = stage;
    try {
      const { status } = await workOf(stage, invocation);
      const places = (await status?.(invocation, values as never)) ?? [];
      return await Promise.all(
        places.map(async ({ where, ask }) => ({
          name,
          ...(where !== undefined && { where }),
          ...(await ask().catch(unknown)),
        })),
      );
    } catch (error) {
      return [{ name, ...unknown(error) }];
    }
  });
  return (await Promise.all(rows)).flat();
}

function unknown(error: unknown): StageAnswer {
  if (!(error instanceof Problem) || isInterruption(error)) throw error;
  return { state: 'unknown', reason: error.message.split('\n', 1)[0] ?? error.code, problem: error };
}

const TONES: Readonly<Record<Row['state'], Tone>> = {
  absent: 'dim',
  partial: 'note',
  ready: 'good',
  foreign: 'bad',
  unknown: 'note',
};

export function tableOf(kind: string, rows: readonly Row[]): Table {
  return {
    kind: 'table',
    columns: [kind, 'state', 'why'],
    rows: rows.map(({ name, state, where, reason }): (Cell | string)[] => [
      name,
      { text: state, tone: TONES[state] },
      [where, reason].filter((words) => words !== undefined).join(': '),
    ]),
  };
}

/** For `--json`. */
export function dataOf({ state, where, reason, note }: Row): object {
  return {
    state,
    ...(where !== undefined && { where }),
    ...(reason !== undefined && { reason }),
    ...(note !== undefined && { note }),
  };
}
