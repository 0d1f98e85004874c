/** Asks again while a failure is one that passes, and says what it waits for: one rule for Google's APIs and for gcloud. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Failed } from '../../../plan/answer.ts';
import type { Working } from '../../../plan/wait.ts';
import type { Progress } from '../../../report.ts';
import { firstSentence } from '../failures/said.ts';
import { isPassing } from '../failures/unanswered.ts';

const TRIES = 5;
const PAUSE_MS = 500;
/** Tries that run into their own limit are fewer. */
const LIMIT_MS = 20_000;

/** @param what it asks for: "an access token" */
export async function patiently<T>(
  what: string,
  ask: () => Promise<Answer<T>>,
  { report, signal }: Working,
): Promise<Answer<T>> {
  let progress: Progress | undefined;
  const start = performance.now();
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    const isOver = tries === TRIES || performance.now() - start > LIMIT_MS;
    if (answer.kind !== 'failed' || isOver || !isForNow(answer)) {
      progress?.end(`asked Google ${String(tries)} times for ${what}`, answer.kind === 'failed' ? 'bad' : 'good');
      return answer;
    }
    progress ??= report.begin(`waiting for Google`);
    progress.update(`waiting for Google: ${what}: ${firstSentence(answer.reason)}`);
    await sleep(PAUSE_MS * tries, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) progress.end('waiting for Google', 'bad');
    signal.throwIfAborted();
  }
}

/** What gcloud says of a quota, only its call knows (gcloud.ts); of the network, its text is all there is. */
function isForNow(answer: Failed): boolean {
  return answer.transient === true || isPassing(answer);
}
