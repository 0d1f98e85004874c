import type { removeSettings } from '../command/docker-options.ts';
import type { Invocation } from '../command/invocation.ts';
import { conflict, ofOwner, removedResult } from '../command/plans.ts';
import type { Values } from '../command/setting.ts';
import { Problem } from '../problem.ts';
import { line } from '../report.ts';
import { workOf } from '../stage/list.ts';
import type { Target } from '../stage/stage.ts';
import { removeLeftovers, together } from './removal.ts';

interface DestroyValues extends Partial<Values<typeof removeSettings>> {
  readonly explain: boolean;
  readonly owner?: string | undefined;
}

export async function destroyCommand(values: DestroyValues, target: Target, invocation: Invocation): Promise<void> {
  const { confirm, finish } = invocation;
  const work = await workOf(target, invocation);
  const places = (await work.leftovers?.(invocation, values as never)) ?? [];
  const left = await Promise.all(places.map(({ ask }) => ask()));
  for (const { question } of left) {
    if (question === undefined || values.yes === true || (await confirm(question, '--yes'))) continue;
    throw new Problem('declined', { message: 'Nothing was removed.' });
  }
  const options = { explain: values.explain, withData: true };
  const all = [];
  for (const each of left) {
    all.push(await removeLeftovers({ ...each, things: ofOwner(values.owner, each.things) }, options, invocation));
  }
  const removed = together(all);
  const { data, view } = removedResult(removed);
  const stays =
    removed.removed.length === 0 ? [] : left.flatMap((each) => (each.stays === undefined ? [] : [line(each.stays)]));
  // Of a stage that was named, whatever is left of it is a conflict.
  finish({ data, view: [...view, ...stays] }, conflict(removed.leftAlone));
}
