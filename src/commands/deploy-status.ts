import type { Invocation } from '../command/invocation.ts';
import type { ProblemCode } from '../problem.ts';
import { line } from '../report.ts';
import type { Target } from '../stage/stage.ts';
import { askAll, dataOf, tableOf, type Row } from './answers.ts';

/** Normal on a machine where Docker or Google Cloud is not used. */
const NOT_USED: ReadonlySet<ProblemCode> = new Set(['docker_missing', 'command_missing', 'not_logged_in', 'api_off']);

export async function deployStatus(values: object, targets: readonly Target[], invocation: Invocation): Promise<void> {
  const rows = await askAll(targets, invocation, values);
  const removals = rows.map(({ name: target, remove = `redisdemo destroy ${target}` }) => remove);
  const isThere = ({ state }: { readonly state: string }): boolean => state !== 'absent' && state !== 'unknown';
  invocation.finish(
    {
      data: {
        targets: rows.map((row, index) => ({
          target: row.name,
          ...dataOf(withoutPlace(row)),
          ...row.details,
          remove: row.state === 'unknown' ? '' : removals[index],
        })),
      },
      view: [
        tableOf('target', rows.map(withoutPlace)),
        ...rows.flatMap(({ view = [] }) => view),
        ...rows.flatMap((row, index) => (isThere(row) ? [line(`Take it away: ${removals[index] ?? ''}`)] : [])),
      ],
    },
    rows.find(({ problem }) => problem && !NOT_USED.has(problem.code))?.problem,
  );
}

/** The details already name the service. */
function withoutPlace(row: Row): Row {
  const { where, ...rest } = row;
  return where === undefined ? row : rest;
}
