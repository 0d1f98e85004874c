import type { Invocation } from '../command/invocation.ts';
import { line } from '../report.ts';
import type { Stages } from '../stage/stage.ts';
import { askAll, dataOf, tableOf } from './answers.ts';
import { usableHome } from './usable-home.ts';

export async function statusCommand(stages: Stages, invocation: Invocation): Promise<void> {
  usableHome(invocation);
  const rows = await askAll(stages, invocation);
  const isOurs = rows.some(({ state }) => state === 'partial' || state === 'ready');
  const problem = rows.find((row) => row.problem)?.problem;
  invocation.finish(
    {
      data: { stages: rows.map((row) => ({ name: row.name, ...dataOf(row) })) },
      view: [
        tableOf('stage', rows),
        ...rows.flatMap(({ note }) => (note === undefined ? [] : [line(note)])),
        ...(isOurs ? [line('Take it all away with: redisdemo down')] : []),
        ...(isOurs || problem ? [] : [line('Nothing of ours runs.')]),
      ],
    },
    problem,
  );
}
