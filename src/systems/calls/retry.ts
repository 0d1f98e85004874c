/** Repeats a question while its failure is transient, and reports the wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../plan/answer.ts';
import type { Retry } from '../../plan/call.ts';
import type { Listener } from '../../plan/systems.ts';
import type { Progress } from '../../report.ts';

interface Retried<T> {
  readonly retry: Retry | undefined;
  /** A host, or "an access token". */
  readonly what: string;
  readonly ask: () => Promise<Answer<T>>;
}

export async function retried<T>(
  { retry, what, ask }: Retried<T>,
  signal: AbortSignal,
  { report }: Listener = {},
): Promise<Answer<T>> {
  if (!retry) return ask();
  const { passes, tries, pauseMs, limitMs, whom, said } = retry;
  let progress: Progress | undefined;
  const start = performance.now();
  for (let count = 1; ; count += 1) {
    const answer = await ask();
    const isOver = count === tries || performance.now() - start > limitMs;
    if (answer.kind !== 'failed' || isOver || !passes(answer)) {
      progress?.end(`asked ${whom} ${String(count)} times for ${what}`, answer.kind === 'failed' ? 'bad' : 'good');
      return answer;
    }
    progress ??= report?.begin(`waiting for ${whom}`);
    progress?.update(`waiting for ${whom}: ${what}: ${said(answer.reason)}`);
    await sleep(pauseMs * count, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) progress?.end(`waiting for ${whom}`, 'bad');
    signal.throwIfAborted();
  }
}
