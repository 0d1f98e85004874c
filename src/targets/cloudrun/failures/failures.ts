/** What Google refuses, and what to type then: the first rule that matches counts. Texts: public issues, otherwise gcloud 528. */
import type { Failed } from '../../../plan/answer.ts';
import { Problem, type ProblemCode } from '../../../problem.ts';
import { ACCESS_FAILURES } from './access.ts';
import { BUILD_FAILURES } from './build.ts';
import { type FailureContext, type FailureRule, meaningOf, NO_CONTEXT } from './failure.ts';
import { LINK_FAILURES } from './link.ts';
import { POLICY_FAILURES } from './policy.ts';
import { REVISION_FAILURES } from './revision.ts';
import { firstSentence, wordsOf } from './said.ts';

const QUOTA: FailureRule = {
  // googlecodelabs/feedback#1856
  name: 'quota',
  code: 'quota_exceeded',
  pattern: /RESOURCE_EXHAUSTED|Quota (?:exceeded|violated)|Max instances must be set to|maxScale may not exceed/i,
  words: 'A quota of the project is used up.',
  hint: ({ project }) =>
    `Wait a minute, ask for less (--max), or have it raised: https://console.cloud.google.com/iam-admin/quotas?project=${project}`,
};

const OTHERS: readonly FailureRule[] = [
  QUOTA,
  {
    // google-github-actions/deploy-cloudrun#184
    name: 'variable of another kind',
    code: 'differs',
    pattern: /already been set with a different type/,
    words: 'A variable is a secret there and plain here, or the other way round.',
    named: /(?<=variable \[)\w{1,200}/,
    hint: ({ service, project, region }, said) => {
      const name = /variable \[(\w{1,200})\]/.exec(said)?.[1] ?? 'REDISPASS';
      const flag = said.includes('to string literal') ? '--remove-secrets' : '--remove-env-vars';
      return `Remove it first: gcloud run services update ${service} --project=${project} --region=${region} ${flag}=${name}`;
    },
  },
];

/** A build's log is evidence for failed builds only. */
export { BUILD_FAILURES } from './build.ts';

export const FAILURES: readonly FailureRule[] = [
  ...BUILD_FAILURES,
  ...REVISION_FAILURES,
  ...OTHERS,
  ...POLICY_FAILURES,
  ...ACCESS_FAILURES,
  ...LINK_FAILURES,
];

export function classify(text: string, rules: readonly FailureRule[] = FAILURES): FailureRule | undefined {
  return rules.find(({ pattern }) => pattern.test(text));
}

/** Why a question can get no answer. */
const RULES: readonly FailureRule[] = [...POLICY_FAILURES, ...ACCESS_FAILURES, ...LINK_FAILURES, QUOTA];

type Refused = Pick<Failed, 'reason' | 'code'>;

const saidBy = ({ reason, code = '' }: Refused): string => `${code}: ${reason}`;

export function whyUnanswered(answer: Refused): FailureRule | undefined {
  return classify(saidBy(answer), RULES);
}

export function isRetryable(answer: Refused): boolean {
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

/** Adds the way out to a `left_behind` Problem where the cause is known; any other error is returned unchanged. */
export function stillThere(error: unknown, context: Partial<FailureContext>): unknown {
  if (!(error instanceof Problem) || error.code !== 'left_behind') return error;
  const { code, message, hint = '', details } = error;
  const rule = whyUnanswered({ reason: message });
  if (!rule) return error;
  return new Problem(code, { message, hint: `${rule.hint({ ...NO_CONTEXT, ...context }, message)}\n${hint}`, details });
}

/** Codes that a plan ends with when an answer or a timeout is all it knows. */
export const UNEXPLAINED: ReadonlySet<ProblemCode> = new Set([
  'system_failed',
  'service_failed',
  'timeout',
  'retries_exhausted',
]);

/** Explains the failure of a step where the cause is known; otherwise returns the error unchanged. */
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
