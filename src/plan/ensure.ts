import { setTimeout as sleep } from 'node:timers/promises';
import { formatMs } from '../report.ts';
import { Problem } from '../problem.ts';
import type { Action, ActionKind } from './action.ts';
import { absent, ok, type Answer, type Failed } from './answer.ts';
import { fillIn } from './call.ts';
import { exclusively } from './exclusive.ts';
import { createLine } from './lines.ts';
import type { Plan, Step } from './plan.ts';
import type { Systems } from './systems.ts';
import { timed } from './timed.ts';
import { waitFor, type Working } from './wait.ts';

export interface EnsureOptions {
  /** Shows each command beside its result. */
  readonly explain: boolean;
  /** Grows as steps create something, so that it is known even when a later step fails. */
  readonly created?: string[];
}

/** What the steps work with, one after the other. */
interface Course {
  readonly systems: Systems;
  readonly working: Working;
  readonly explain: boolean;
  /** Grows with what the steps find. */
  readonly facts: Map<string, unknown>;
}

/** These are asked when their turn comes: before it, what they ask is not there, or not yet what it will be. */
const IN_TURN: ReadonlySet<ActionKind> = new Set(['findAddress', 'pinCertificate', 'makeNetrc', 'resource']);

const PAUSE_MS = 500;

/**
 * Makes what the plan says: asks for everything first that can be asked, checks what the missing steps need, and only
 * then creates. Returns the titles of the steps that created something. A second run only asks.
 */
export function ensure(
  plan: Plan,
  systems: Systems,
  working: Working,
  options: EnsureOptions,
): Promise<readonly string[]> {
  return exclusively(plan, systems, working, () => ensureSteps(plan, systems, working, options));
}

async function ensureSteps(
  { steps }: Plan,
  systems: Systems,
  working: Working,
  { explain, created = [] }: EnsureOptions,
): Promise<readonly string[]> {
  const course: Course = { systems, working, explain, facts: new Map() };
  const missing = await findMissing(
    steps.filter((step) => !isInTurn(step)),
    course,
  );
  for (const step of missing) await step.needs?.(systems, working, course.facts);
  for (const step of steps) {
    working.signal.throwIfAborted();
    const isMissing = isInTurn(step) ? await isMissingNow(step, course) : missing.has(step);
    if (isMissing) {
      // Before the effect: what fails halfway is to be taken away too.
      if (createLine<ActionKind>(step.action) !== undefined) created.push(step.title);
      await create(step, course);
    }
    const { ready } = step;
    if (ready) {
      const ask = (): Promise<Answer<unknown>> => ready.ask(systems, working, course.facts);
      await waitFor({ ...ready, ask, quiet: !isMissing }, working);
    }
  }
  return created;
}

function isInTurn({ action, exists }: Step): boolean {
  return exists !== undefined || IN_TURN.has(action.kind);
}

async function findMissing(steps: readonly Step[], course: Course): Promise<ReadonlySet<Step>> {
  const answers = await Promise.all(steps.map((step) => ask(step, course)));
  return new Set(steps.filter((step, index) => isAbsent(step, answers[index])));
}

async function isMissingNow(step: Step, course: Course): Promise<boolean> {
  const answer = await askPatiently(step, course);
  if (!isAbsent(step, answer)) return false;
  await step.needs?.(course.systems, course.working, course.facts);
  return true;
}

/** Until the answer is a yes, a no, or a refusal for good. */
async function askPatiently(step: Step, course: Course): Promise<Answer<unknown>> {
  const { title, patienceMs } = step;
  if (patienceMs === undefined) return ask(step, course);
  let last: Answer<unknown> = absent('not asked yet');
  const settled = async (): Promise<Answer<unknown>> => {
    last = await ask(step, course);
    return last.kind === 'failed' && last.transient === true ? absent(last.reason) : ok(undefined);
  };
  await waitFor(
    { what: `an answer before "${title}"`, limitMs: patienceMs, ask: settled, quiet: true },
    course.working,
  );
  return last;
}

/** What is found becomes the step's fact. */
async function ask({ action, exists, check }: Step, course: Course): Promise<Answer<unknown>> {
  const { systems, working, facts } = course;
  const answer = await (exists?.ask(systems, working, facts) ?? systems.perform.exists(fillIn(action, facts)));
  if (answer.kind !== 'ok') return answer;
  if ('fact' in action) facts.set(action.fact, answer.value);
  check?.(answer.value);
  return answer;
}

/** Only a clear no lets `create` run: an error is not a no. */
function isAbsent({ title }: Step, answer: Answer<unknown> | undefined): boolean {
  if (answer?.kind === 'failed') {
    throw new Problem('system_failed', { message: `Before "${title}": ${answer.reason}`, hint: answer.hint });
  }
  return answer?.kind === 'absent';
}

async function create(step: Step, course: Course): Promise<void> {
  const { title } = step;
  const { report } = course.working;
  const action = fillIn(step.action, course.facts);
  const command = createLine<ActionKind>(action);
  if (command === undefined) throw new Problem('system_failed', { message: `Could not ${title}: it is not there.` });
  const limitMs = limitOf(action);
  const begun = report.begin(title);
  const progress = limitMs === undefined ? begun : timed(begun, title, limitMs);
  if (course.explain) report.say(`$ ${command}`);
  let rehearsed = false;
  const attempt = async (): Promise<Answer<unknown>> => {
    const objection = rehearsed ? undefined : await rehearse(step, course);
    if (objection?.kind === 'failed') return objection;
    rehearsed = true;
    await step.begin?.(course.systems);
    return course.systems.perform.create(action, {
      update: (text) => {
        progress.update(text === '' ? title : `${title}: ${text}`);
      },
      say: (text) => {
        report.say(text, 'note');
      },
    });
  };
  const answer = await patiently(attempt, step, course, progress.update).catch((error: unknown) => {
    progress.end(title, 'bad');
    throw error;
  });
  if (answer.kind !== 'ok') {
    progress.end(`${title}: ${answer.reason.split('\n', 1)[0] ?? ''}`, 'bad');
    throw answer.kind === 'failed' ? await refused(step, answer) : new Problem('system_failed', couldNot(step, answer));
  }
  progress.end(title, 'good');
  if ('fact' in action) await learn(step, course);
}

/** Method not allowed, not implemented: as for an unknown path, https://www.rfc-editor.org/rfc/rfc9110#section-15 */
const NO_REHEARSALS = /^status (?:405|501)\b/;

/** A system that knows no rehearsals has no objection. */
async function rehearse({ rehearsal }: Step, { systems, working, facts }: Course): Promise<Answer<unknown>> {
  if (!rehearsal) return ok(undefined);
  const answer = await systems.calls.send(fillIn(rehearsal, facts), working.signal);
  return answer.kind === 'failed' && NO_REHEARSALS.test(answer.reason) ? ok(undefined) : answer;
}

interface Refused {
  readonly reason: string;
  readonly hint?: string;
  /** From the first try to the last; absent when there was one only. */
  readonly triedMs?: number;
}

function refused(step: Step, answer: Failed & Refused): Problem | Promise<Problem> {
  const ranOut = answer.transient === true && step.patienceMs !== undefined;
  if (!ranOut && step.refusal) return step.refusal(answer);
  if (!ranOut) return new Problem('system_failed', couldNot(step, answer));
  return new Problem('timeout', { ...couldNot(step, answer), details: { refused: answer.reason } });
}

function couldNot({ title }: Step, answer: Refused) {
  const { triedMs } = answer;
  const tried = triedMs === undefined ? '' : ` (tried for ${formatMs(triedMs)})`;
  return { message: `Could not ${title}: ${answer.reason}${tried}`, hint: answer.hint };
}

/** Only programs are ended after a time; the others end by themselves. */
function limitOf(action: Action): number | undefined {
  if (action.kind !== 'resource' || action.create === undefined) return undefined;
  return 'words' in action.create ? action.create.limitMs : undefined;
}

/** Tries again while the refusal is one for the moment, and asks in between: the effect may have come about. */
async function patiently(
  attempt: () => Promise<Answer<unknown>>,
  step: Step,
  course: Course,
  update: (text: string) => void,
): Promise<Answer<unknown> & { readonly triedMs?: number }> {
  const { title, patienceMs = 0, passing = [] } = step;
  const { signal } = course.working;
  const isPassing = ({ transient, code = '' }: Failed): boolean => transient === true || passing.includes(code);
  const start = performance.now();
  for (let tries = 1; ; tries += 1) {
    const answer = await attempt();
    const elapsed = performance.now() - start;
    if (answer.kind !== 'failed' || !isPassing(answer) || elapsed >= patienceMs) {
      return tries === 1 || answer.kind === 'ok' ? answer : { ...answer, triedMs: elapsed };
    }
    update(`${title}: ${answer.reason} (${formatMs(elapsed)} of ${formatMs(patienceMs)})`);
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    const found = await ask(step, course);
    if (found.kind === 'ok' || (found.kind === 'failed' && found.transient !== true)) return found;
  }
}

async function learn(step: Step, course: Course): Promise<void> {
  const answer = await ask(step, course);
  if (answer.kind !== 'ok') throw new Problem('system_failed', { message: `After "${step.title}": ${answer.reason}` });
}
