import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../problem.ts';
import { formatMs, timed } from '../report.ts';
import type { Action } from './action.ts';
import { ok, type Absent, type Answer, type Failed } from './answer.ts';
import { fillIn } from './call.ts';
import { ask, type EnsureContext } from './find.ts';
import type { Refusals, Step } from './plan.ts';

const PAUSE_MS = 500;

export async function createStep(step: Step, { way }: Absent, context: EnsureContext): Promise<void> {
  const { title } = step;
  const { report } = context.working;
  const action = fillIn(step.action, context.facts);
  if (action.kind === 'lookup' || (action.kind === 'resource' && action.create === undefined))
    throw new Problem('system_failed', { message: `Could not ${title}: it is not there.` });
  const limitMs = limitOf(action);
  const begun = report.begin(title);
  const progress = limitMs === undefined ? begun : timed(begun, title, limitMs);
  const command = await context.explain?.(action, way ?? 'create', context.systems.files);
  if (command !== undefined) report.say(`$ ${command}`);
  let isTried = false;
  const tryOnce = async (): Promise<Answer<unknown>> => {
    const objection = isTried ? undefined : await tryDry(step, context);
    if (objection?.kind === 'failed') return objection;
    isTried = true;
    await step.begin?.(context.systems);
    return context.systems.perform.create(action, {
      update: (text) => {
        progress.update(text === '' ? title : `${title}: ${text}`);
      },
      say: (text) => {
        report.say(text, 'note');
      },
    });
  };
  const answer = await withRetries(tryOnce, step, context, progress.update).catch((error: unknown) => {
    progress.end(title, 'bad');
    throw error;
  });
  if (answer.kind !== 'ok') {
    progress.end(`${title}: ${answer.reason.split('\n', 1)[0] ?? ''}`, 'bad');
    throw answer.kind === 'failed' ? await refused(step, answer) : new Problem('system_failed', couldNot(step, answer));
  }
  progress.end(title, 'good');
  if ('fact' in action) await learn(step, context);
}

/** Method not allowed, not implemented: as for an unknown path, https://www.rfc-editor.org/rfc/rfc9110#section-15 */
const NO_DRY_RUNS: ReadonlySet<number | undefined> = new Set([405, 501]);

/** A system without dry runs has no objection. */
async function tryDry({ dryRun }: Step, { systems, working, facts }: EnsureContext): Promise<Answer<unknown>> {
  if (!dryRun) return ok(undefined);
  const answer = await systems.calls.send(fillIn(dryRun, facts), working.signal);
  return answer.kind === 'failed' && NO_DRY_RUNS.has(answer.status) ? ok(undefined) : answer;
}

interface Refused {
  readonly reason: string;
  readonly hint?: string;
  /** From the first try to the last; absent when there was one only. */
  readonly triedMs?: number;
}

async function refused(step: Step, answer: Failed & Refused): Promise<Problem> {
  const ranOut = answer.transient === true && step.retryForMs !== undefined;
  if (!ranOut) await step.refused?.();
  if (!ranOut && step.refusal) return refusalProblem(step.refusal, answer);
  if (!ranOut) return new Problem('system_failed', couldNot(step, answer));
  return new Problem('retries_exhausted', { ...couldNot(step, answer), details: { refused: answer.reason } });
}

function refusalProblem({ what, known, hint }: Refusals, { reason, code }: Failed): Problem {
  const refusal = known[code ?? ''] ?? { code: 'system_failed', hint };
  return new Problem(refusal.code, {
    message: `${what}: ${reason}`,
    hint: refusal.hint,
    details: { code: code ?? null },
  });
}

function couldNot({ title }: Step, answer: Refused) {
  const { triedMs } = answer;
  const tried = triedMs === undefined ? '' : ` (tried for ${formatMs(triedMs)})`;
  return { message: `Could not ${title}: ${answer.reason}${tried}`, hint: answer.hint };
}

/** Only programs are stopped after a time; other calls end by themselves. */
function limitOf(action: Action): number | undefined {
  if (action.kind !== 'resource' || action.create === undefined) return undefined;
  return 'words' in action.create ? action.create.limitMs : undefined;
}

/** Tries again while the refusal is retryable, and looks in between: the effect may have happened anyway. */
async function withRetries(
  tryOnce: () => Promise<Answer<unknown>>,
  step: Step,
  context: EnsureContext,
  update: (text: string) => void,
): Promise<Answer<unknown> & { readonly triedMs?: number }> {
  const { title, retryForMs = 0, retryable = [] } = step;
  const { signal } = context.working;
  const isRetryable = ({ transient, code = '' }: Failed): boolean => transient === true || retryable.includes(code);
  const start = performance.now();
  for (let tries = 1; ; tries += 1) {
    const answer = await tryOnce();
    const elapsed = performance.now() - start;
    if (answer.kind !== 'failed' || !isRetryable(answer) || elapsed >= retryForMs) {
      return tries === 1 || answer.kind === 'ok' ? answer : { ...answer, triedMs: elapsed };
    }
    update(`${title}: ${answer.reason} (${formatMs(elapsed)} of ${formatMs(retryForMs)})`);
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    const found = await ask(step, context);
    if (found.kind === 'ok' || (found.kind === 'failed' && found.transient !== true)) return found;
  }
}

async function learn(step: Step, context: EnsureContext): Promise<void> {
  const answer = await ask(step, context);
  if (answer.kind !== 'ok') throw new Problem('system_failed', { message: `After "${step.title}": ${answer.reason}` });
}
