/** A stage as a value: what is made, in order. ensure, remove, status and print read it. */
import type { ProblemCode } from '../problem.ts';
import type { Action } from './action.ts';
import type { Answer } from './answer.ts';
import type { Call, Facts, Question } from './call.ts';
import type { Condition } from './condition.ts';
import { evaluate } from './condition.ts';
import type { Systems } from './systems.ts';
import type { WorkContext } from './wait.ts';

/** In printed scripts, the status of a call that may succeed later: EX_TEMPFAIL of sysexits.h. */
export const TRY_AGAIN = 75;

export interface Plan {
  readonly title: string;
  /** What a user of what the plan makes should know, in one line. */
  readonly note?: string;
  /** What only a printed script does before its steps: the command has done it before its plan. */
  readonly preface?: readonly Preface[];
  readonly steps: readonly Step[];
  /** A file in redisdemo's folder. Where one is given, only one redisdemo at a time makes or removes the plan. */
  readonly lock?: string;
}

/** What a script needs from whoever runs it. */
export type Preface =
  /** A variable of the shell that must be set: its value is in no script. */
  | { readonly kind: 'variable'; readonly name: string; readonly words: string }
  /** A yes, asked for when a question selects something, or when it does not. `{{FOUND}}` in the words is what it selects. */
  | { readonly kind: 'consent'; readonly when: 'selected' | 'missing'; readonly of: Question; readonly words: string };

export interface Step {
  /** Unique in its plan, and the same in every version: what was created is told by it, never by a title. */
  readonly id: string;
  /** An imperative: "start container redisdemo-stack". */
  readonly title: string;
  readonly action: Action;
  /** Instead of asking the system that performs the action. */
  readonly exists?: Exists;
  /** How long an answer that is one for the moment (busy, not ready yet) is asked for again, and a create tried again. */
  readonly retryForMs?: number;
  /** The system's codes of refusals that are for the moment too, although it does not say so. */
  readonly retryable?: readonly string[];
  /** The create without its effect, sent before it: what it refuses leaves nothing half made. */
  readonly dryRun?: Call;
  /** Called right before the create is sent, once the dry run was not refused. */
  readonly begin?: (systems: Systems) => Promise<void>;
  /** What a refusal means here; absent: it is said as it is. */
  readonly refusal?: Refusals;
  /** Called when the create is refused for good. */
  readonly refused?: () => Promise<void>;
  /** Asked of every step that is missing before anything is created. Throws a Problem. */
  readonly needs?: (systems: Systems, working: WorkContext, facts: Facts) => Promise<void>;
  readonly ready?: Ready;
  /** Survives `remove` unless it is asked for by name: it holds the user's data. */
  readonly keep?: boolean;
}

/** What a system can refuse, and what to do then. */
export interface Refusals {
  /** Begins the message, before the system's own words: `The cluster refuses the database`. */
  readonly what: string;
  /** By the system's own code for it. */
  readonly known: Readonly<Record<string, { readonly code: ProblemCode; readonly hint: string }>>;
  /** For every other code. */
  readonly hint: string;
}

/** A closer look at what is there than the action's own question, and for scripts what to look at in its place. */
export interface Exists {
  /** `absent` lets the step create. */
  readonly ask: (systems: Systems, working: WorkContext, facts: Facts) => Promise<Answer<unknown>>;
  /** Absent: scripts ask the action's own question. */
  readonly condition?: Condition;
}

/** What to wait for. */
export interface Ready {
  readonly what: string;
  readonly limitMs: number;
  /** The code of the Problem when the time is over; absent: `timeout`. */
  readonly late?: ProblemCode;
  readonly until: Condition;
  /** A closer look than the condition itself: at why it does not hold, or at what follows from it. */
  readonly look?: (waiting: Waiting) => Promise<Answer<unknown>>;
}

export interface Waiting {
  readonly systems: Systems;
  readonly working: WorkContext;
  readonly facts: Facts;
  /** Evaluates the condition. @param systems others than those of the plan */
  readonly holds: (systems?: Systems) => Promise<Answer<unknown>>;
}

/** Whether what a step waits for is there now. */
export function isReady(
  { until, look }: Ready,
  { systems, working, facts }: { readonly systems: Systems; readonly working: WorkContext; readonly facts: Facts },
): Promise<Answer<unknown>> {
  const holds = (through = systems): Promise<Answer<unknown>> =>
    evaluate(until, { systems: through, facts, signal: working.signal });
  return look ? look({ systems, working, facts, holds }) : holds();
}
