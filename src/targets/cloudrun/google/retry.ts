import type { Failed } from '../../../plan/answer.ts';
import type { Retry } from '../../../plan/call.ts';
import { isRetryable, whyUnanswered } from '../failures/failures.ts';
import { firstSentence } from '../failures/said.ts';

/** gcloud only has words: Google's code, by the name of the rule that matches them. */
const CODES: Readonly<Record<string, string>> = {
  'not permitted': 'PERMISSION_DENIED',
  'API off': 'SERVICE_DISABLED',
  'no login': 'UNAUTHENTICATED',
};

export function codeOf({ code, reason, transient = false }: Failed): string | undefined {
  const known = code ?? CODES[whyUnanswered({ reason })?.name ?? ''];
  if (known !== undefined) return known;
  if (isRetryable({ reason })) return 'unreachable';
  return transient ? 'UNAVAILABLE' : undefined;
}

/** An API that is off is an answer: preflight/enabling.ts waits for those that were turned on just now. */
export const RETRY: Retry = {
  passes: (failure) => codeOf(failure) !== 'SERVICE_DISABLED' && (failure.transient === true || isRetryable(failure)),
  tries: 5,
  pauseMs: 500,
  limitMs: 20_000,
  whom: 'Google',
  said: firstSentence,
};
