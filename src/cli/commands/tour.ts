import { Problem } from '../../problem.ts';
import { tour } from '../../tour/tour.ts';
import { tourResult } from '../../tour/result.ts';
import type { tourSettings } from '../cloudrun-options.ts';
import type { Invocation } from '../invocation.ts';
import { readConnection } from '../options.ts';
import type { Values } from '../setting.ts';

export async function tourCommand(values: Values<typeof tourSettings>, invocation: Invocation): Promise<void> {
  const { systems, places, environment, finish } = invocation;
  const { keep, project, region } = values;
  const cloud = { project, region, connection: readConnection(values, environment) };
  const rungs = await tour({ places, systems, working: invocation, keep, cloud });
  const failed = rungs.filter(({ outcome }) => outcome === 'failed').map(({ rung }) => rung);
  const left = keep ? [] : rungs.flatMap(({ leftBehind }) => leftBehind);
  finish(tourResult(rungs), problemOf(failed, left));
}

function problemOf(failed: readonly string[], left: readonly string[]): Problem | undefined {
  if (failed.length > 0)
    return new Problem('smoke_failed', {
      message: `These rungs failed: ${failed.join(', ')}.`,
      hint: 'The table says why. See one alone: redisdemo up --db DATABASE --on TARGET',
    });
  if (left.length > 0)
    return new Problem('left_behind', {
      message: `Could not be removed: ${left.join(', ')}.`,
      hint: 'Take it away with: redisdemo down',
    });
  return undefined;
}
