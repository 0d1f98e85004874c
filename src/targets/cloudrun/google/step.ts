/** A step at Google: found with a read, made and removed with gcloud. */
import type { Resource } from '../../../plan/action.ts';
import type { Step } from '../../../plan/plan.ts';

/** Google's services learn of a change at different times, and may be busy. */
const RETRY_MS = 60_000;

type GoogleStep = Pick<Step, 'id' | 'title' | 'exists' | 'ready' | 'retryForMs'> & Omit<Resource, 'kind'>;

export function googleStep({ id, title, exists, ready, retryForMs = RETRY_MS, ...resource }: GoogleStep): Step {
  const more = { ...(exists && { exists }), ...(ready && { ready }) };
  return { id, title, action: { kind: 'resource', ...resource }, retryForMs, ...more };
}
