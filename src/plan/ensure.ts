import { Problem } from '../problem.ts';
import type { ActionKind } from './action.ts';
import type { Plan, Step } from './plan.ts';
import { createLine } from './print.ts';
import type { Systems } from './systems.ts';
import { waitFor, type Working } from './wait.ts';

export interface EnsureOptions {
  /** Shows each command beside its result. */
  readonly explain: boolean;
  /** Grows as steps create something, so that it is known even when a later step fails. */
  readonly created?: string[];
}

/**
 * Makes what the plan says: asks for everything first, checks what the missing steps need, and only then creates.
 * Returns the titles of the steps that created something. A second run only asks.
 */
export async function ensure(
  { steps }: Plan,
  systems: Systems,
  working: Working,
  { explain, created = [] }: EnsureOptions,
): Promise<readonly string[]> {
  const missing = await findMissing(steps, systems);
  for (const step of missing) await step.needs?.(systems);
  for (const step of steps) {
    working.signal.throwIfAborted();
    if (missing.has(step)) {
      // Before the effect: what fails halfway is to be taken away too.
      created.push(step.title);
      await create(step, systems, working, explain);
    }
    const { ready } = step;
    if (ready) await waitFor({ ...ready, ask: () => ready.ask(systems, working), quiet: !missing.has(step) }, working);
  }
  return created;
}

async function findMissing(steps: readonly Step[], systems: Systems): Promise<ReadonlySet<Step>> {
  const answers = await Promise.all(steps.map(({ action }) => systems.perform.exists(action)));
  return new Set(steps.filter(({ title }, index) => isMissing(title, answers[index])));
}

/** Only a clear no lets `create` run: an error is not a no. */
function isMissing(title: string, answer: Awaited<ReturnType<Systems['perform']['exists']>> | undefined): boolean {
  if (answer?.kind === 'failed') throw new Problem('system_failed', { message: `Before "${title}": ${answer.reason}` });
  return answer?.kind === 'absent';
}

async function create(step: Step, systems: Systems, { report }: Working, explain: boolean): Promise<void> {
  const progress = report.begin(step.title);
  if (explain) report.say(`$ ${createLine<ActionKind>(step.action)}`);
  const answer = await systems.perform.create(step.action, {
    update: (text) => {
      progress.update(`${step.title}: ${text}`);
    },
    say: (text) => {
      report.say(text, 'note');
    },
  });
  if (answer.kind === 'ok') {
    progress.end(step.title, 'good');
    return;
  }
  progress.end(`${step.title}: ${answer.reason}`, 'bad');
  throw new Problem('system_failed', { message: `Could not ${step.title}: ${answer.reason}` });
}
