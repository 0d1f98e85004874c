import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../problem.ts';
import { formatMs, timed } from '../report.ts';
import type { Action, ActionKind } from './action.ts';
import { absent, ok, type Absent, type Answer, type Failed } from './answer.ts';
import { fillIn } from './call.ts';
import { exclusively } from './exclusive.ts';
import type { Explain } from './explain.ts';
import type { Plan, Refusals, Step } from './plan.ts';
import { isReady } from './plan.ts';
import type { Results, StepResult } from './results.ts';
import type { Systems } from './systems.ts';
import { waitFor, type Working } from './wait.ts';

interface EnsureOptions {
  /** Shows each command beside its result. */
  readonly explain?: Explain | undefined;
}

/** What an attempt came to, also when it failed halfway. */
export interface Attempt {
  readonly results: Results;
  /** What ended it early. */
  readonly failure?: { readonly error: unknown };
}

/** What the steps work with, one after the other. */
interface Course {
  readonly systems: Systems;
  readonly working: Working;
  readonly explain: Explain | undefined;
  /** Grows with what the steps find. */
  readonly facts: Map<string, unknown>;
  /** Grows with the steps. */
  readonly results: StepResult[];
  /** What was said about what is there: once. */
  readonly notes: Set<string>;
}

/** These are asked when their turn comes: before it, what they ask is not there, or not yet what it will be. */
const IN_TURN: ReadonlySet<ActionKind> = new Set(['lookup', 'resource']);

const PAUSE_MS = 500;

/**
 * Makes what the plan says: asks for everything first that can be asked, checks what the missing steps need, and only
 * then creates. A second run only asks.
 */
export async function ensure(plan: Plan, systems: Systems, working: Working, options: EnsureOptions): Promise<Results> {
  const { results, failure } = await attempt(plan, systems, working, options);
  if (failure) throw failure.error;
  return results;
}

/** The same, for those who have to know what was created before it failed. Never rejects. */
export async function attempt(
  plan: Plan,
  systems: Systems,
  working: Working,
  { explain }: EnsureOptions,
): Promise<Attempt> {
  const results: StepResult[] = [];
  const course: Course = { systems, working, explain, facts: new Map(), results, notes: new Set() };
  try {
    await exclusively(plan, systems, working, () => ensureSteps(plan, course));
    return { results };
  } catch (error) {
    return { results, failure: { error } };
  }
}

async function ensureSteps({ steps }: Plan, course: Course): Promise<void> {
  const { systems, working, results } = course;
  const missing = await findMissing(
    steps.filter((step) => !isInTurn(step)),
    course,
  );
  for (const step of missing.keys()) await step.needs?.(systems, working, course.facts);
  for (const step of steps) {
    working.signal.throwIfAborted();
    const no = isInTurn(step) ? await missingNow(step, course) : missing.get(step);
    const { id, title } = step;
    const result = { id, title, outcome: no && step.action.kind !== 'lookup' ? 'created' : 'found' } as const;
    // Before the effect: what fails halfway is to be removed too.
    const at = results.push({ ...result, value: undefined, proof: undefined }) - 1;
    if (no) await create(step, no, course);
    const proof = await waitUntilReady(step, no !== undefined, course);
    results[at] = { ...result, value: valueOf(step, course), proof };
  }
}

function valueOf({ action }: Step, { facts }: Course): unknown {
  return 'fact' in action ? facts.get(action.fact) : undefined;
}

/** Resolves with what the wait ended with. */
async function waitUntilReady({ ready }: Step, isNew: boolean, course: Course): Promise<unknown> {
  if (!ready) return undefined;
  const { systems, working, facts } = course;
  return waitFor({ ...ready, ask: () => isReady(ready, { systems, working, facts }), quiet: !isNew }, working);
}

function isInTurn({ action, exists }: Step): boolean {
  return exists !== undefined || IN_TURN.has(action.kind) || isInContainer(action);
}

/** A file that is read out of a container. */
function isInContainer(action: Action): boolean {
  return action.kind === 'file' && action.content?.from === 'container';
}

/** With the clear no of each. */
async function findMissing(steps: readonly Step[], course: Course): Promise<ReadonlyMap<Step, Absent>> {
  const answers = await Promise.all(steps.map(async (step) => [step, await ask(step, course)] as const));
  return new Map(
    answers.flatMap(([step, answer]) => {
      const no = noIn(step, answer);
      return no ? [[step, no]] : [];
    }),
  );
}

async function missingNow(step: Step, course: Course): Promise<Absent | undefined> {
  const no = noIn(step, await askPatiently(step, course));
  if (no) await step.needs?.(course.systems, course.working, course.facts);
  return no;
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
async function ask({ action, exists }: Step, course: Course): Promise<Answer<unknown>> {
  const { systems, working, facts } = course;
  const answer = await (exists?.ask(systems, working, facts) ?? look(fillIn(action, facts), course));
  if (answer.kind !== 'ok') return answer;
  if ('fact' in action) facts.set(action.fact, answer.value);
  if (answer.note !== undefined) sayOnce(answer.note, course);
  return answer;
}

function sayOnce(note: string, { notes, working }: Course): void {
  if (!notes.has(note)) working.report.say(note, 'note');
  notes.add(note);
}

function look(action: Action, { systems, working }: Course): Promise<Answer<unknown>> {
  if (action.kind !== 'lookup') return systems.perform.exists(action);
  const { find } = action;
  return 'container' in find ? systems.containers.address(find) : systems.calls.ask(find, working.signal);
}

/** Only a clear no lets `create` run: an error is not a no. */
function noIn({ title }: Step, answer: Answer<unknown>): Absent | undefined {
  if (answer.kind !== 'failed') return answer.kind === 'absent' ? answer : undefined;
  throw new Problem('system_failed', { message: `Before "${title}": ${answer.reason}`, hint: answer.hint });
}

async function create(step: Step, { way }: Absent, course: Course): Promise<void> {
  const { title } = step;
  const { report } = course.working;
  const action = fillIn(step.action, course.facts);
  if (action.kind === 'lookup' || (action.kind === 'resource' && action.create === undefined))
    throw new Problem('system_failed', { message: `Could not ${title}: it is not there.` });
  const limitMs = limitOf(action);
  const begun = report.begin(title);
  const progress = limitMs === undefined ? begun : timed(begun, title, limitMs);
  const command = await course.explain?.(action, way ?? 'create', course.systems.files);
  if (command !== undefined) report.say(`$ ${command}`);
  let rehearsed = false;
  const tryOnce = async (): Promise<Answer<unknown>> => {
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
  const answer = await patiently(tryOnce, step, course, progress.update).catch((error: unknown) => {
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
const NO_REHEARSALS: ReadonlySet<number | undefined> = new Set([405, 501]);

/** A system that knows no rehearsals has no objection. */
async function rehearse({ rehearsal }: Step, { systems, working, facts }: Course): Promise<Answer<unknown>> {
  if (!rehearsal) return ok(undefined);
  const answer = await systems.calls.send(fillIn(rehearsal, facts), working.signal);
  return answer.kind === 'failed' && NO_REHEARSALS.has(answer.status) ? ok(undefined) : answer;
}

interface Refused {
  readonly reason: string;
  readonly hint?: string;
  /** From the first try to the last; absent when there was one only. */
  readonly triedMs?: number;
}

async function refused(step: Step, answer: Failed & Refused): Promise<Problem> {
  const ranOut = answer.transient === true && step.patienceMs !== undefined;
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

/** Only programs are ended after a time; the others end by themselves. */
function limitOf(action: Action): number | undefined {
  if (action.kind !== 'resource' || action.create === undefined) return undefined;
  return 'words' in action.create ? action.create.limitMs : undefined;
}

/** Tries again while the refusal is one for the moment, and asks in between: the effect may have come about. */
async function patiently(
  tryOnce: () => Promise<Answer<unknown>>,
  step: Step,
  course: Course,
  update: (text: string) => void,
): Promise<Answer<unknown> & { readonly triedMs?: number }> {
  const { title, patienceMs = 0, passing = [] } = step;
  const { signal } = course.working;
  const isPassing = ({ transient, code = '' }: Failed): boolean => transient === true || passing.includes(code);
  const start = performance.now();
  for (let tries = 1; ; tries += 1) {
    const answer = await tryOnce();
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
