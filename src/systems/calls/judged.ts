import { absent, failed, type Answer, type Failed } from '../../plan/answer.ts';
import type { CommandCall } from '../../plan/call.ts';

/** What a failure means for a call: a clear no, one for the moment, or one for good. */
export function judged({ absent: no, transient }: CommandCall, { reason, ...more }: Failed): Answer<never> {
  if (no !== undefined && new RegExp(no).test(reason)) return absent(reason);
  return failed(reason, { ...more, transient: transient !== undefined && new RegExp(transient).test(reason) });
}
