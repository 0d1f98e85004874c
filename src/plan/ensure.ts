import type { Action, ActionKind } from './action.ts';
import { createStep } from './create.ts';
import { exclusively } from './exclusive.ts';
import type { Explain } from './explain.ts';
import { findMissing, missingNow, type EnsureContext } from './find.ts';
import { isReady, type Plan, type Step } from './plan.ts';
import type { Results, StepResult } from './results.ts';
import type { Systems } from './systems.ts';
import { waitFor, type WorkContext } from './wait.ts';

interface EnsureOptions {
  readonly explain?: Explain | undefined;
}

export interface Attempt {
  readonly results: Results;
  readonly failure?: { readonly error: unknown };
}

/** Looked for only when their turn comes: earlier steps create or change what the question is about. */
const IN_TURN: ReadonlySet<ActionKind> = new Set(['lookup', 'resource']);

/** Looks for everything, checks what the missing steps need, and only then creates. A second run only looks. */
export async function ensure(
  plan: Plan,
  systems: Systems,
  working: WorkContext,
  options: EnsureOptions,
): Promise<Results> {
  const { results, failure } = await attempt(plan, systems, working, options);
  if (failure) throw failure.error;
  return results;
}

/** Like {@link ensure}, for callers that must know what was created before a failure. Never rejects. */
export async function attempt(
  plan: Plan,
  systems: Systems,
  working: WorkContext,
  { explain }: EnsureOptions,
): Promise<Attempt> {
  const results: StepResult[] = [];
  const context: EnsureContext = { systems, working, explain, facts: new Map(), results, notes: new Set() };
  try {
    await exclusively(plan, systems, working, () => ensureSteps(plan, context));
    return { results };
  } catch (error) {
    return { results, failure: { error } };
  }
}

async function ensureSteps({ steps }: Plan, context: EnsureContext): Promise<void> {
  const { systems, working, results } = context;
  const missing = await findMissing(
    steps.filter((step) => !isInTurn(step)),
    context,
  );
  for (const step of missing.keys()) await step.needs?.(systems, working, context.facts);
  for (const step of steps) {
    working.signal.throwIfAborted();
    const no = isInTurn(step) ? await missingNow(step, context) : missing.get(step);
    const { id, title } = step;
    const result = { id, title, outcome: no && step.action.kind !== 'lookup' ? 'created' : 'found' } as const;
    // Before the effect: what fails halfway has to be removed too.
    const at = results.push({ ...result, value: undefined, proof: undefined }) - 1;
    if (no) await createStep(step, no, context);
    const proof = await waitUntilReady(step, no !== undefined, context);
    results[at] = { ...result, value: valueOf(step, context), proof };
  }
}

function valueOf({ action }: Step, { facts }: EnsureContext): unknown {
  return 'fact' in action ? facts.get(action.fact) : undefined;
}

/** Resolves with the value of the last answer. */
async function waitUntilReady({ ready }: Step, isNew: boolean, context: EnsureContext): Promise<unknown> {
  if (!ready) return undefined;
  const { systems, working, facts } = context;
  return waitFor({ ...ready, ask: () => isReady(ready, { systems, working, facts }), quiet: !isNew }, working);
}

function isInTurn({ action, exists }: Step): boolean {
  return exists !== undefined || IN_TURN.has(action.kind) || isInContainer(action);
}

function isInContainer(action: Action): boolean {
  return action.kind === 'file' && action.content?.from === 'container';
}
