import { Problem } from '../problem.ts';
import { tour } from '../tour/tour.ts';
import { tourResult } from '../tour/result.ts';
import type { RungReport } from '../tour/rung.ts';
import type { tourSettings } from '../targets/cloudrun/commands/options.ts';
import type { Invocation } from '../command/invocation.ts';
import { openConnection } from '../command/given-file.ts';
import type { Values } from '../command/setting.ts';
import { sayUnread } from '../command/variables.ts';

export async function tourCommand(values: Values<typeof tourSettings>, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const { keep, project, region } = values;
  const connection = await openConnection(values, invocation);
  sayUnread(connection, invocation);
  const cloud = { project, region, connection };
  const rungs = await tour({ places, systems, working: invocation, keep, cloud });
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
