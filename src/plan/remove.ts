import { Problem, type ProblemCode } from '../problem.ts';
import type { Action, Effect, EffectKind } from './action.ts';
import { absent, type Answer } from './answer.ts';
import { exclusively } from './exclusive.ts';
import type { Explain } from './explain.ts';
import type { Plan } from './plan.ts';
import type { Systems } from './systems.ts';
import type { WorkContext } from './wait.ts';

interface RemoveOptions {
  readonly explain?: Explain | undefined;
  /** Removes the user's data too. */
  readonly withData: boolean;
  /** Checked between two things. Absent: cleaning up after an interruption must run to the end. */
  readonly signal?: AbortSignal;
}

export interface Removed {
  readonly removed: readonly string[];
  readonly kept: readonly string[];
  /** Why things with the plan's names that belong to somebody else were left alone. */
  readonly leftAlone: readonly Problem[];
}

const SOMEBODY_ELSES: ReadonlySet<ProblemCode> = new Set(['foreign', 'other_home']);

/**
 * Removes the newest first. What cannot be removed, or is somebody else's, does not stop the rest; all of it is named
 * at the end. Docker answers when a thing is gone; an API that answers before is queried until it is
 * (src/systems/calls/resources.ts).
 */
export function remove(
  plan: Plan,
  systems: Systems,
  { report }: WorkContext,
  options: RemoveOptions,
): Promise<Removed> {
  const { signal = new AbortController().signal } = options;
  return exclusively(plan, systems, { report, signal }, () => removeSteps(plan, systems, { report }, options));
}

async function removeSteps(
  { steps }: Plan,
  systems: Systems,
  { report }: Pick<WorkContext, 'report'>,
  { explain, withData, signal }: RemoveOptions,
): Promise<Removed> {
  const removed: string[] = [];
  const kept: string[] = [];
  const failed: string[] = [];
  const leftAlone: Problem[] = [];
  const fail = (what: string, reason: string): void => {
    failed.push(`${what} (${reason})`);
    report.say(`${what}: ${reason}`, 'bad');
  };
  const ours = <T>(answer: Promise<Answer<T>>): Promise<Answer<T>> =>
    answer.catch((error: unknown) => {
      if (!(error instanceof Problem) || !SOMEBODY_ELSES.has(error.code)) throw error;
      leftAlone.push(error);
      return absent(error.message);
    });
  for (const { title, action, keep } of steps.toReversed()) {
    signal?.throwIfAborted();
    if (!isRemovable(action)) continue;
    const thing = thingOf(action);
    const present = await ours(systems.perform.present(action));
    if (present.kind === 'absent') continue;
    // Neither its owner nor its use is known: it stays.
    if (present.kind === 'failed') {
      fail(thing ?? title, present.reason);
      continue;
    }
    if (keep === true && !withData) {
      if (thing !== undefined) kept.push(thing);
      continue;
    }
    const command = await explain?.(action, 'remove', systems.files);
    if (command !== undefined) report.say(`$ ${command}`);
    const answer = await ours(systems.perform.remove(action));
    if (thing === undefined) continue;
    if (answer.kind === 'failed') fail(thing, answer.reason);
    else {
      removed.push(thing);
      report.say(`removed ${thing}`, 'good');
    }
  }
  if (failed.length > 0) {
    throw new Problem('left_behind', {
      message: `Could not be removed: ${failed.join(', ')}.`,
      hint: 'Run the same command again; what is gone stays gone.',
      details: { failed, removed, kept },
    });
  }
  return { removed, kept, leftAlone };
}

export function thingsOf({ steps }: Plan): readonly string[] {
  return steps.flatMap(({ action }) => (isRemovable(action) ? (thingOf(action) ?? []) : []));
}

/** A pulled image is the engine's cache, and an answer is nothing to remove. */
function isRemovable(action: Action): action is Effect {
  if (action.kind === 'resource') return action.remove !== undefined;
  return action.kind !== 'lookup' && action.kind !== 'pullImage';
}

/** undefined for what only redisdemo reads. */
const THINGS: { readonly [K in EffectKind]: (action: Extract<Effect, { kind: K }>) => string | undefined } = {
  pullImage: ({ image }) => `image ${image}`,
  buildImage: ({ image }) => `image ${image}`,
  createNetwork: ({ name }) => `network ${name}`,
  createVolume: ({ name }) => `volume ${name}`,
  handOver: ({ volume }) => `volume ${volume}`,
  runContainer: ({ name }) => `container ${name}`,
  file: ({ file, content }) => (content?.from === 'text' ? undefined : `file ${file}`),
  resource: ({ thing }) => thing,
  runProcess: ({ url }) => `process at ${url}`,
};

function thingOf(action: Effect): string | undefined {
  return (THINGS[action.kind] as (action: Effect) => string | undefined)(action);
}
