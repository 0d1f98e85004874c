/** The one rule for asking Google again: for its APIs and for gcloud, whoever asks. */
import type { Retry } from '../../../plan/call.ts';
import { firstSentence } from '../failures/said.ts';
import { isPassing } from '../failures/unanswered.ts';
import { codeOf } from './codes.ts';

/** An API that is off is an answer: preflight/enabling.ts waits for those that were turned on just now. */
export const RETRY: Retry = {
  passes: (failure) => codeOf(failure) !== 'SERVICE_DISABLED' && (failure.transient === true || isPassing(failure)),
  tries: 5,
  pauseMs: 500,
  limitMs: 20_000,
  whom: 'Google',
  said: firstSentence,
};
