/** What a failure means, as data. */
import type { ProblemCode } from '../../../problem.ts';
import type { BuildPlace } from '../place/place.ts';
import { buildPlace } from '../place/place.ts';

/** What the words of a rule can name. */
export interface FailureContext extends BuildPlace {
  /** The account that the service runs as. */
  readonly account: string;
  /** The account that builds the image; undefined where Google did not say which. */
  readonly builder?: string | undefined;
  /** Who deploys, as a member of a policy: `user:dev@example.com`. */
  readonly caller: string;
  /** Whether `--private` was given. */
  readonly private?: boolean;
}

export interface FailureRule {
  readonly name: string;
  readonly code: ProblemCode;
  /** Looked for in what gcloud said, in the conditions of the revision, and in its last log lines. */
  readonly pattern: RegExp;
  /** What it means. */
  readonly words: string;
  /** What of the text is named beside the words. */
  readonly named?: RegExp | ((said: string) => string | undefined);
  /** What to type or change next. */
  readonly hint: (context: FailureContext, said: string) => string;
  /** It passes by itself: another try soon can succeed. */
  readonly retryable?: true;
}

export const AGAIN = 'run the same command again';

export function grant(project: string, member: string, role: string): string {
  return `gcloud projects add-iam-policy-binding ${project} --member=${member} --role=${role}`;
}

/**
 * For the account that builds: the one that a refusal names, or else the one that Google has said to build. Never another
 * one, because it would get a role that it should not have: nobody is named where nobody is known.
 */
export function grantBuilder(context: FailureContext, named: string | undefined): string {
  const { region, project } = buildPlace(context);
  const account = named ?? context.builder;
  const line = `Give it the role: ${grant(project, `serviceAccount:${account ?? 'BUILD_ACCOUNT'}`, 'roles/run.builder')}`;
  if (account !== undefined) return line;
  return `${line}   To see which account it is: gcloud builds get-default-service-account --project=${project} --region=${region}`;
}

/** Names nothing: for what happens before a place is known. */
export const NO_CONTEXT: FailureContext = {
  project: 'PROJECT',
  region: 'REGION',
  service: 'SERVICE',
  account: 'ACCOUNT',
  caller: 'user:ACCOUNT',
};

/** The meaning, with what of the text is named. */
export function meaningOf({ words, named }: FailureRule, said: string): string {
  const found = typeof named === 'function' ? named(said) : named?.exec(said)?.[0];
  return found === undefined ? words : `${words.replace(/\.$/, '')}: ${found}.`;
}
