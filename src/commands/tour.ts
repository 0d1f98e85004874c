import { openConnection } from '../command/given-file.ts';
import type { Invocation } from '../command/invocation.ts';
import type { Values } from '../command/setting.ts';
import { sayUnread } from '../command/variables.ts';
import { Problem } from '../problem.ts';
import type { Stages } from '../stage/stage.ts';
import type { RungReport } from '../tour/rung.ts';
import { tourResult } from '../tour/result.ts';
import { tour } from '../tour/tour.ts';
import type { tourSettings } from './tour-options.ts';

export async function tourCommand(
  values: Values<typeof tourSettings>,
  stages: Stages,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, environment, finish } = invocation;
  const { keep } = values;
  const given = await openConnection(values, invocation);
  sayUnread(given, invocation);
  const rungs = await tour(stages, { places, systems, working: invocation, environment, keep, given, values });
  const left = rungs.filter(({ leftBehind }) => leftBehind.length > 0);
  const removals = [...new Set(left.map(({ removal }) => removal))];
  finish(tourResult(rungs, keep ? removals : []), problemOf(rungs, keep ? [] : left, removals));
}

function problemOf(
  rungs: readonly RungReport[],
  left: readonly RungReport[],
  removals: readonly string[],
): Problem | undefined {
  const failed = rungs.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0)
    return new Problem('smoke_failed', {
      message: `These combinations failed: ${failed.map(({ rung }) => rung).join(', ')}.`,
      hint: `The table shows why. To run one by itself:\n${failed.map(({ again }) => again).join('\n')}`,
    });
  if (left.length > 0)
    return new Problem('left_behind', {
      message: `Could not be removed: ${left.flatMap(({ leftBehind }) => leftBehind).join(', ')}.`,
      hint: `Remove it with:\n${removals.join('\n')}`,
    });
  return undefined;
}
