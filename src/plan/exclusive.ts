import type { Answer } from './answer.ts';
import type { Plan } from './plan.ts';
import type { Release, Systems } from './systems.ts';
import { waitFor, type WorkContext } from './wait.ts';

/** Longer than any plan with a lock takes, except for one that pulls a large image. */
const LIMIT_MS = 120_000;

/** Works on a plan while no other redisdemo does, and waits for one that is at work. */
export async function exclusively<T>(
  { lock }: Plan,
  { locks }: Systems,
  working: WorkContext,
  work: () => Promise<T>,
): Promise<T> {
  if (lock === undefined) return work();
  const release = await waitForLock(lock, locks, working);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function waitForLock(lock: string, locks: Systems['locks'], working: WorkContext): Promise<Release> {
  let taken: Release | undefined;
  let isOver = false;
  const take = async (): Promise<Answer<Release>> => {
    const answer = await locks.take(lock);
    if (answer.kind !== 'ok') return answer;
    // The lock came after an interruption, which has ended the wait already.
    if (isOver) await answer.value();
    else taken = answer.value;
    return answer;
  };
  try {
    return await waitFor(
      {
        what: 'another command of redisdemo',
        limitMs: LIMIT_MS,
        ask: take,
        hint: 'Wait for it, or stop it, and run the same command again.',
        quiet: true,
      },
      working,
    );
  } catch (error) {
    isOver = true;
    await taken?.();
    throw error;
  }
}
