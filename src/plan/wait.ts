import { setTimeout as sleep } from 'node:timers/promises';
import { Problem, type ProblemCode } from '../problem.ts';
import { formatMs, type Report } from '../report.ts';
import { absent, type Answer } from './answer.ts';

interface Wait<T> {
  /** Completes "waiting for …". */
  readonly what: string;
  readonly limitMs: number;
  /** `ok` ends the wait, `absent` means not yet, `failed` means never. */
  readonly ask: () => Promise<Answer<T>>;
  readonly hint?: string | undefined;
  /** The Problem's code at the limit; absent: `timeout`. */
  readonly late?: ProblemCode;
  /** Reports nothing when the first answer is `ok`. */
  readonly quiet?: boolean;
}

export interface WorkContext {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** In milliseconds, `part` of the elapsed time: quick changes are seen soon, slow ones are not polled all the time. */
const PAUSE = { least: 100, most: 2000, part: 0.05 };

/** Throws a {@link Problem}: `timeout` (or {@link Wait.late}) with the last answer, `service_failed` on `failed`. */
export async function waitFor<T>(wait: Wait<T>, working: WorkContext): Promise<T> {
  const over = new AbortController();
  // A slow answer must delay neither Ctrl-C nor the limit.
  const end = endOf(working.signal, over.signal);
  const limit = sleep(wait.limitMs, undefined, { signal: over.signal }).catch(() => undefined);
  let last: Answer<T> = absent('no answer yet');
  const ask = async (): Promise<Answer<T>> => (last = (await Promise.race([wait.ask(), end, limit])) ?? last);
  try {
    return await askUntilOk({ ...wait, ask }, working);
  } finally {
    over.abort();
  }
}

function endOf(signal: AbortSignal, over: AbortSignal): Promise<Answer<never>> {
  return new Promise((resolve) => {
    const end = (): void => {
      resolve(absent('interrupted'));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { signal: over });
  });
}

async function askUntilOk<T>(
  { what, limitMs, ask, hint, late = 'timeout', quiet }: Wait<T>,
  { report, signal }: WorkContext,
): Promise<T> {
  const start = performance.now();
  let answer = await ask();
  if (answer.kind === 'ok' && quiet === true) return answer.value;
  const progress = report.begin(`waiting for ${what}`);
  for (;;) {
    const elapsed = performance.now() - start;
    if (answer.kind === 'ok') {
      progress.end(`${what}: ready after ${formatMs(elapsed)}`, 'good');
      return answer.value;
    }
    progress.update(`waiting for ${what}: ${answer.reason} (${formatMs(elapsed)} of ${formatMs(limitMs)})`);
    const gaveUp = answer.kind === 'failed' ? 'service_failed' : elapsed >= limitMs ? late : undefined;
    if (gaveUp || signal.aborted) {
      progress.end(`${what}: ${answer.reason.split('\n', 1)[0] ?? ''}`, 'bad');
      signal.throwIfAborted();
      throw new Problem(gaveUp ?? late, {
        message: `Waited ${formatMs(elapsed)} for ${what}. Last answer: ${sentence(answer.reason)}`,
        hint: (answer.kind === 'failed' ? answer.hint : undefined) ?? hint,
        details: { what, lastAnswer: answer.reason, elapsedMs: Math.round(elapsed), limitMs },
      });
    }
    await sleep(pauseAfter(elapsed, limitMs), undefined, { signal }).catch(() => undefined);
    answer = await ask().catch((error: unknown) => {
      progress.end(what, 'bad');
      throw error;
    });
  }
}

export function pauseAfter(elapsedMs: number, limitMs: number): number {
  const pause = Math.min(PAUSE.most, Math.max(PAUSE.least, elapsedMs * PAUSE.part));
  return Math.min(pause, Math.max(1, limitMs - elapsedMs));
}

/** The last lines of a log are not a sentence. */
function sentence(reason: string): string {
  return /\n|\.$/.test(reason) ? reason : `${reason}.`;
}
