import { explainer } from '../script/explain.ts';
import { attempt, type Attempt } from '../plan/ensure.ts';
import type { Plan } from '../plan/plan.ts';
import { printPlan } from '../script/print.ts';
import { remove, thingsOf, type Removed } from '../plan/remove.ts';
import { createdPart, type Results } from '../plan/results.ts';
import { isInterruption, Problem } from '../problem.ts';
import { line, type Result } from '../report.ts';
import type { Invocation } from './invocation.ts';

export function scriptResult(plan: Plan): Result {
  const script = printPlan(plan);
  return { data: { script }, view: [{ kind: 'exact', text: script }] };
}

/** Replaces the limit of every wait, and caps every retry. */
export function within(limitMs: number | undefined, plan: Plan): Plan {
  if (limitMs === undefined) return plan;
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      ...(step.retryForMs !== undefined && { retryForMs: Math.min(step.retryForMs, limitMs) }),
      ...(step.ready && { ready: { ...step.ready, limitMs } }),
    })),
  };
}

interface Making {
  readonly explain: boolean;
  /** The command that removes what the plan makes; undefined when there is nothing to remove. */
  readonly undo: string | ((results: Results) => Promise<string | undefined>);
}

/** Throws a Problem that says what is left and how to clean up. */
export async function make(plan: Plan, making: Making, invocation: Invocation): Promise<Results> {
  const { results, failure } = await attemptToMake(plan, making, invocation);
  if (failure) throw failure.error;
  return results;
}

/** For callers that need what was created before a failure. Never rejects. */
export async function attemptToMake(
  plan: Plan,
  { explain, undo }: Making,
  { systems, report, signal }: Invocation,
): Promise<Attempt> {
  const { results, failure } = await attempt(plan, systems, { report, signal }, { explain: explainer(explain) });
  if (!failure) {
    if (plan.note !== undefined) report.say(plan.note, 'note');
    return { results };
  }
  const { error } = failure;
  const isExplained = !(error instanceof Problem) || (!isInterruption(error) && error.hint !== undefined);
  if (isExplained) return { results, failure };
  const left = thingsOf(createdPart(plan, results));
  const command = typeof undo === 'string' ? undo : await undo(results);
  const problem = isInterruption(error) ? interruption(error, left, command) : withWayOut(error, left, command);
  return { results, failure: { error: problem } };
}

function interruption({ code, message }: Problem, left: readonly string[], undo: string | undefined): Problem {
  if (left.length === 0) return new Problem(code, { message: `${message} Nothing was made.` });
  return new Problem(code, {
    message: `${message} Left so far: ${left.join(', ')}.`,
    hint: `Continue with the same command${undo === undefined ? '' : `, or clean up with: ${undo}`}`,
    details: { left },
  });
}

function withWayOut(error: Problem, left: readonly string[], undo: string | undefined): Problem {
  const { code, message, details, cause } = error;
  const way = left.length === 0 || undo === undefined ? '' : `, or clean up with: ${undo}`;
  return new Problem(
    code,
    { message, hint: `Fix the problem and run the same command again${way}`, details },
    { cause },
  );
}

export async function takeAway(
  plan: Plan,
  { explain, withData }: { readonly explain: boolean; readonly withData: boolean },
  { systems, report, signal }: Invocation,
): Promise<Removed> {
  try {
    return await remove(plan, systems, { report, signal }, { explain: explainer(explain), withData, signal });
  } catch (error) {
    if (!(error instanceof Problem) || !isInterruption(error)) throw error;
    throw new Problem(error.code, { message: error.message, hint: 'Take the rest away with the same command.' });
  }
}

/** Only the Docker resources of another state folder: its files are in that folder. */
export function ofOwner(owner: string | undefined, plan: Plan): Plan {
  if (owner === undefined) return plan;
  const steps = plan.steps.flatMap((step) =>
    'home' in step.action ? [{ ...step, action: { ...step.action, home: owner } }] : [],
  );
  return { ...plan, steps };
}

/** The user named this stage, so anything that is left of it is a conflict. */
export function finishRemoval(removed: Removed, { finish }: Invocation): void {
  finish(removedResult(removed), conflict(removed.leftAlone));
}

/** undefined when nothing was left alone. What redisdemo did not create comes first, with a hint for each kind. */
export function conflict(leftAlone: readonly Problem[]): Problem | undefined {
  const sorted = leftAlone.toSorted((one, other) => one.code.localeCompare(other.code));
  const [first] = sorted;
  if (first === undefined) return undefined;
  const { owner } = (first.details ?? {}) as { readonly owner?: string };
  const hints = new Set(sorted.filter(({ code }) => code === first.code).map(({ hint }) => hint));
  return new Problem(first.code, {
    message: messagesOf(leftAlone).join('\n'),
    hint:
      owner === undefined
        ? [...hints].join('\n')
        : `Set REDISDEMO_HOME to that folder, or name its owner: --owner ${owner}`,
    details: first.details,
  });
}

const messagesOf = (problems: readonly Problem[]): readonly string[] => [
  ...new Set(problems.map(({ message }) => message)),
];

/** @param isComplete whether every stage could be checked */
export function removedResult({ removed, kept, leftAlone }: Removed, isComplete = true): Result {
  const none = isComplete ? 'There was nothing to remove.' : 'Nothing was removed.';
  const others = messagesOf(leftAlone.filter(({ code }) => code === 'other_home'));
  return {
    data: { removed, kept, ...(leftAlone.length > 0 && { leftAlone: messagesOf(leftAlone) }) },
    view: [
      line(removed.length === 0 ? none : `Removed: ${removed.join(', ')}.`),
      ...(kept.length === 0 ? [] : [line(`Kept: ${kept.join(', ')}. Delete the data too with --volumes.`)]),
      ...others.map((message) => line(message)),
    ],
  };
}
