import type { ProblemCode } from '../../../problem.ts';
import { buildPlace, type BuildPlace } from '../place/place.ts';

export interface FailureContext extends BuildPlace {
  /** The account that the service runs as. */
  readonly account: string;
  /** Builds the image; undefined where Google did not say which. */
  readonly builder?: string | undefined;
  /** Who deploys, as a member of a policy: `user:dev@example.com`. */
  readonly caller: string;
  readonly private?: boolean;
}

export interface FailureRule {
  readonly name: string;
  readonly code: ProblemCode;
  /** Looked for in what gcloud said, in the conditions of the revision, and in its last log lines. */
  readonly pattern: RegExp;
  readonly words: string;
  /** The part of the text to add to the words. */
  readonly named?: RegExp | ((said: string) => string | undefined);
  readonly hint: (context: FailureContext, said: string) => string;
  readonly retryable?: true;
}

export const AGAIN = 'run the same command again';

export function grant(project: string, member: string, role: string): string {
  return `gcloud projects add-iam-policy-binding ${project} --member=${member} --role=${role}`;
}

/** For the account that a refusal names, or that builds according to Google: another one would get a role it should not have. */
export function grantBuilder(context: FailureContext, named: string | undefined): string {
  const { region, project } = buildPlace(context);
  const account = named ?? context.builder;
  const line = `Give it the role: ${grant(project, `serviceAccount:${account ?? 'BUILD_ACCOUNT'}`, 'roles/run.builder')}`;
  if (account !== undefined) return line;
  return `${line}   To see which account it is: gcloud builds get-default-service-account --project=${project} --region=${region}`;
}

/** Placeholders, for failures before a place is known. */
export const NO_CONTEXT: FailureContext = {
  project: 'PROJECT',
  region: 'REGION',
  service: 'SERVICE',
  account: 'ACCOUNT',
  caller: 'user:ACCOUNT',
};

export function meaningOf({ words, named }: FailureRule, said: string): string {
  const found = typeof named === 'function' ? named(said) : named?.exec(said)?.[0];
  return found === undefined ? words : `${words.replace(/\.$/, '')}: ${found}.`;
}
