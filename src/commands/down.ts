import type { removeSettings, volumesSettings } from '../command/docker-options.ts';
import type { Invocation } from '../command/invocation.ts';
import { conflict, removedResult } from '../command/plans.ts';
import type { Values } from '../command/setting.ts';
import type { Removed } from '../plan/remove.ts';
import { isInterruption, Problem, type ProblemCode } from '../problem.ts';
import { workOf } from '../stage/list.ts';
import type { Stage, Stages } from '../stage/stage.ts';
import { removeLeftovers, together } from './removal.ts';
import { usableHome } from './usable-home.ts';

type DownValues = Values<typeof removeSettings & typeof volumesSettings>;

/** The last stage first. A stage that cannot be removed does not keep the others. */
export async function downCommand(values: DownValues, stages: Stages, invocation: Invocation): Promise<void> {
  usableHome(invocation);
  await agreeToLosses(values, stages, invocation);
  const removed: Removed[] = [];
  const problems: Problem[] = [];
  const collect = (error: unknown): void => {
    if (!(error instanceof Problem) || isInterruption(error)) throw error;
    if (!problems.some(({ message }) => message === error.message)) problems.push(error);
  };
  const options = { explain: values.explain, withData: values.volumes };
  for (const stage of stages.toReversed()) {
    for (const { ask } of (await leftoversOf(stage, invocation).catch(collect)) ?? []) {
      await ask()
        .then(async (left) => removed.push(await removeLeftovers(left, options, invocation)))
        .catch(collect);
    }
  }
  const all = together(removed);
  // Another state folder can keep its things. A thing that redisdemo did not create is in the way of its name: a conflict.
  const foreign = conflict(all.leftAlone.filter(({ code }) => code === 'foreign'));
  const result = removedResult(all, problems.length === 0);
  invocation.finish(result, problemOf(foreign ? [...problems, foreign] : problems, all));
}

async function agreeToLosses(values: DownValues, stages: Stages, invocation: Invocation): Promise<void> {
  if (values.yes) return;
  const works = await Promise.all(stages.map((stage) => stage.load()));
  const lost = (await Promise.all(works.map(async ({ losses }) => (await losses?.(invocation, values)) ?? []))).flat();
  if (lost.length === 0 || (await invocation.confirm(`This deletes ${lost.join(' and ')}.`, '--yes'))) return;
  throw new Problem('declined', { message: 'Nothing was removed.' });
}

async function leftoversOf(stage: Stage, invocation: Invocation) {
  const { leftovers } = await workOf(stage, invocation);
  return leftovers?.(invocation);
}

/** A single problem is reported as it is; several are summed up as things that stay. */
function problemOf(problems: readonly Problem[], all: Removed): Problem | undefined {
  const [first] = problems;
  if (first === undefined) return undefined;
  const exits = new Set(problems.map(({ exitCode }) => exitCode));
  const code: ProblemCode = exits.size === 1 ? first.code : 'left_behind';
  return new Problem(code, {
    message: problems.map(({ message }) => message).join('\n'),
    hint: first.hint,
    details: { ...all, problems: problems.map((problem) => ({ code: problem.code, message: problem.message })) },
  });
}
