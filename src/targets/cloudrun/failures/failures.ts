/**
 * What Google refuses, and what to type then: the first rule whose pattern is found counts. Sources of the texts: public
 * issues; where a rule names none, gcloud 528 itself.
 */
import { ACCESS_FAILURES } from './access.ts';
import { BUILD_FAILURES } from './build.ts';
import type { FailureRule } from './failure.ts';
import { LINK_FAILURES } from './link.ts';
import { POLICY_FAILURES } from './policy.ts';
import { REVISION_FAILURES } from './revision.ts';

export const QUOTA: FailureRule = {
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

/** Of the build: its log is no evidence for anything else. */
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
