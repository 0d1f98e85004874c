/** Google's codes for its refusals, in the answers of its APIs and in the words of gcloud. */
import type { Failed } from '../../../plan/answer.ts';
import { isPassing, whyUnanswered } from '../failures/unanswered.ts';

const CODES: Readonly<Record<string, string>> = {
  'not permitted': 'PERMISSION_DENIED',
  'API off': 'SERVICE_DISABLED',
  'no login': 'UNAUTHENTICATED',
};

/** gcloud only has words. What is for the moment, without a code, is a Google that is busy. */
export function codeOf({ code, reason, transient = false }: Failed): string | undefined {
  const known = code ?? CODES[whyUnanswered({ reason })?.name ?? ''];
  if (known !== undefined) return known;
  if (isPassing({ reason })) return 'unreachable';
  return transient ? 'UNAVAILABLE' : undefined;
}
