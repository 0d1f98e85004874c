import type { Plan } from './plan.ts';
import type { Systems } from './systems.ts';
import { waitFor, type Working } from './wait.ts';

/** Longer than a plan with a lock takes, if there is no large image to pull: then the process at work is named. */
const LIMIT_MS = 120_000;

/** Does work on a plan while no other redisdemo does: it waits for one that is at work, and says for which. */
export async function exclusively<T>(
  { lock }: Plan,
  { locks }: Systems,
  working: Working,
  work: () => Promise<T>,
): Promise<T> {
  if (lock === undefined) return work();
  const release = await waitFor(
    {
      what: 'another command of redisdemo',
      limitMs: LIMIT_MS,
      ask: () => locks.take(lock),
      hint: 'Wait for it, or stop it, and run the same command again.',
      quiet: true,
    },
    working,
  );
  try {
    return await work();
  } finally {
    await release();
  }
}
