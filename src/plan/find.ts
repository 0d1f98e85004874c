import { Problem } from '../problem.ts';
import type { Action } from './action.ts';
import { absent, ok, type Absent, type Answer } from './answer.ts';
import { fillIn } from './call.ts';
import type { Explain } from './explain.ts';
import type { Step } from './plan.ts';
import type { StepResult } from './results.ts';
import type { Systems } from './systems.ts';
import { waitFor, type WorkContext } from './wait.ts';

export interface EnsureContext {
  readonly systems: Systems;
  readonly working: WorkContext;
  readonly explain: Explain | undefined;
  readonly facts: Map<string, unknown>;
  readonly results: StepResult[];
  readonly notes: Set<string>;
}

export async function findMissing(steps: readonly Step[], context: EnsureContext): Promise<ReadonlyMap<Step, Absent>> {
  const answers = await Promise.all(steps.map(async (step) => [step, await ask(step, context)] as const));
  return new Map(
    answers.flatMap(([step, answer]) => {
      const no = noIn(step, answer);
      return no ? [[step, no]] : [];
    }),
  );
}

export async function missingNow(step: Step, context: EnsureContext): Promise<Absent | undefined> {
  const no = noIn(step, await askWithRetries(step, context));
  if (no) await step.needs?.(context.systems, context.working, context.facts);
  return no;
}

/** Repeats the question while the failure is transient. */
async function askWithRetries(step: Step, context: EnsureContext): Promise<Answer<unknown>> {
  const { title, retryForMs } = step;
  if (retryForMs === undefined) return ask(step, context);
  let last: Answer<unknown> = absent('not asked yet');
  const settled = async (): Promise<Answer<unknown>> => {
    last = await ask(step, context);
    return last.kind === 'failed' && last.transient === true ? absent(last.reason) : ok(undefined);
  };
  await waitFor(
    { what: `an answer before "${title}"`, limitMs: retryForMs, ask: settled, quiet: true },
    context.working,
  );
  return last;
}

/** The value that is found becomes the step's fact. */
export async function ask({ action, exists }: Step, context: EnsureContext): Promise<Answer<unknown>> {
  const { systems, working, facts } = context;
  const answer = await (exists?.ask(systems, working, facts) ?? look(fillIn(action, facts), context));
  if (answer.kind !== 'ok') return answer;
  if ('fact' in action) facts.set(action.fact, answer.value);
  if (answer.note !== undefined) sayOnce(answer.note, context);
  return answer;
}

function sayOnce(note: string, { notes, working }: EnsureContext): void {
  if (!notes.has(note)) working.report.say(note, 'note');
  notes.add(note);
}

function look(action: Action, { systems, working }: EnsureContext): Promise<Answer<unknown>> {
  if (action.kind !== 'lookup') return systems.perform.exists(action);
  const { find } = action;
  return 'container' in find ? systems.containers.address(find) : systems.calls.ask(find, working.signal);
}

/** Only a clear no lets `create` run: an error is not a no. */
function noIn({ title }: Step, answer: Answer<unknown>): Absent | undefined {
  if (answer.kind !== 'failed') return answer.kind === 'absent' ? answer : undefined;
  throw new Problem('system_failed', { message: `Before "${title}": ${answer.reason}`, hint: answer.hint });
}
