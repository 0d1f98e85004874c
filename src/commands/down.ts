import { usableHome } from './stages.ts';
import { findEnterprise } from '../databases/enterprise/cluster/nodes.ts';
import type { Removed } from '../plan/remove.ts';
import { isInterruption, Problem, type ProblemCode } from '../problem.ts';
import type { Systems } from '../plan/systems.ts';
import type { removeSettings, volumesSettings } from '../command/docker-options.ts';
import type { Invocation } from '../command/invocation.ts';
import type { Values } from '../command/setting.ts';
import { conflict, removedResult, takeAway } from '../command/plans.ts';
import { STAGES } from './stages.ts';

/** Everything of ours on this machine, the last made first. A stage that cannot be taken away does not keep the others. */
export async function downCommand(
  values: Values<typeof removeSettings & typeof volumesSettings>,
  invocation: Invocation,
): Promise<void> {
  usableHome(invocation);
  const lost = [...(values.volumes ? ['Redis Stack'] : []), ...(await enterpriseThere(invocation.systems))];
  if (lost.length > 0 && !values.yes) {
    const yes = await invocation.confirm(`This deletes the data of ${lost.join(' and ')}.`, '--yes');
    if (!yes) throw new Problem('declined', { message: 'Nothing was removed.' });
  }
  const removed: Removed[] = [];
  const problems: Problem[] = [];
  for (const stage of STAGES.toReversed()) {
    try {
      const plan = await (stage.remains ?? stage.plan)(invocation);
      removed.push(await takeAway(plan, { explain: values.explain, withData: values.volumes }, invocation));
    } catch (error) {
      if (!(error instanceof Problem) || isInterruption(error)) throw error;
      if (!problems.some(({ message }) => message === error.message)) problems.push(error);
    }
  }
  const all = {
    removed: removed.flatMap((each) => each.removed),
    kept: removed.flatMap((each) => each.kept),
    leftAlone: removed.flatMap((each) => each.leftAlone),
  };
  // Another state folder can keep its things. A thing that redisdemo did not create is in the way of its name: a conflict.
  const foreign = conflict(all.leftAlone.filter(({ code }) => code === 'foreign'));
  const result = removedResult(all, problems.length === 0);
  invocation.finish(result, problemOf(foreign ? [...problems, foreign] : problems, all));
}

/**
 * Where Docker is away, that is said of each stage, and the service as a process is taken away all the same. Where it does
 * not answer this question, there may be a cluster: the next question can find it.
 */
async function enterpriseThere(systems: Systems): Promise<readonly string[]> {
  const DATA = ['Redis Enterprise'];
  try {
    return (await findEnterprise(systems)) ? DATA : [];
  } catch (error) {
    if (!(error instanceof Problem) || isInterruption(error)) throw error;
    return error.code === 'system_failed' ? DATA : [];
  }
}

/** One says it itself; several are things that stay. */
function problemOf(problems: readonly Problem[], all: Removed): Problem | undefined {
  const [first] = problems;
  if (first === undefined) return undefined;
  const codes = new Set(problems.map(({ code }) => code));
  const code: ProblemCode = codes.size === 1 ? first.code : 'left_behind';
  return new Problem(code, {
    message: problems.map(({ message }) => message).join('\n'),
    hint: first.hint,
    details: { ...all, problems: problems.map((problem) => ({ code: problem.code, message: problem.message })) },
  });
}
