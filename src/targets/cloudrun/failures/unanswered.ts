/** A question that Google did not answer, as the Problem to end with. */
import type { Failed } from '../../../plan/answer.ts';
import type { ProblemCode } from '../../../problem.ts';
import { Problem } from '../../../problem.ts';
import { ACCESS_FAILURES } from './access.ts';
import { meaningOf, NO_CONTEXT, type FailureContext, type FailureRule } from './failure.ts';
import { classify, QUOTA } from './failures.ts';
import { LINK_FAILURES } from './link.ts';
import { POLICY_FAILURES } from './policy.ts';
import { firstSentence, wordsOf } from './said.ts';

/** What can stand between a question and its answer. */
const RULES: readonly FailureRule[] = [...POLICY_FAILURES, ...ACCESS_FAILURES, ...LINK_FAILURES, QUOTA];

type Refused = Pick<Failed, 'reason' | 'code'>;

const saidBy = ({ reason, code = '' }: Refused): string => `${code}: ${reason}`;

export function whyUnanswered(answer: Refused): FailureRule | undefined {
  return classify(saidBy(answer), RULES);
}

/** Network trouble and a busy Google: the same question can be answered soon. */
export function isPassing(answer: Refused): boolean {
  return classify(saidBy(answer), LINK_FAILURES)?.retryable === true;
}

/** @param what was asked for, as the subject of a sentence where the cause is not known: "The project demo" */
export function unanswered(what: string, answer: Refused, context: Partial<FailureContext> = {}): Problem {
  const rule = whyUnanswered(answer);
  return new Problem(rule?.code ?? 'system_failed', {
    message: `${rule?.words.replace(/\.$/, '') ?? what}: ${firstSentence(answer.reason)}`,
    hint:
      rule?.hint({ ...NO_CONTEXT, ...context }, saidBy(answer)) ??
      'That is what Google said. Run the same command again.',
    details: { failure: rule?.name ?? null, said: answer.reason },
  });
}

/** What could not be removed, with the way out where the cause is known; else as it is. */
export function stillThere(error: unknown, context: Partial<FailureContext>): unknown {
  if (!(error instanceof Problem) || error.code !== 'left_behind') return error;
  const { code, message, hint = '', details } = error;
  const rule = whyUnanswered({ reason: message });
  if (!rule) return error;
  return new Problem(code, { message, hint: `${rule.hint({ ...NO_CONTEXT, ...context }, message)}\n${hint}`, details });
}

/** The codes that a plan ends with when an answer, or a time that ran out, is all that it knows. */
export const UNEXPLAINED: ReadonlySet<ProblemCode> = new Set([
  'system_failed',
  'service_failed',
  'timeout',
  'retries_exhausted',
]);

/** What a step of a plan failed with, explained where the cause is known; otherwise unchanged. */
export function explained<T>(error: T, context: Partial<FailureContext>): T | Problem {
  if (!(error instanceof Problem) || !UNEXPLAINED.has(error.code)) return error;
  const { message: said } = error;
  const rule = whyUnanswered({ reason: said });
  if (!rule) return error;
  return new Problem(rule.code, {
    message: `${meaningOf(rule, said)}\n${wordsOf(said)}`,
    hint: rule.hint({ ...NO_CONTEXT, ...context }, said),
    details: { failure: rule.name, said },
  });
}
