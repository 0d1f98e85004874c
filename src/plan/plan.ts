/** A stage as a value: what to create, in order. ensure, remove, status and print read it. */
import type { ProblemCode } from '../problem.ts';
import type { Action } from './action.ts';
import type { Answer } from './answer.ts';
import type { Call, Facts, Question } from './call.ts';
import { evaluate, type Condition } from './condition.ts';
import type { Systems } from './systems.ts';
import type { WorkContext } from './wait.ts';

/** In printed scripts, the status of a call that may succeed later: EX_TEMPFAIL of sysexits.h. */
export const TRY_AGAIN = 75;

export interface Plan {
  readonly title: string;
  /** A remark for users of the result, in one line. */
  readonly note?: string;
  /** For printed scripts only: the command does it before its plan. */
  readonly preface?: readonly Preface[];
  readonly steps: readonly Step[];
  /** A file in the state folder. With it, only one redisdemo at a time creates or removes the plan. */
  readonly lock?: string;
}

export type Preface =
  /** A shell variable that must be set: its value is in no script. */
  | { readonly kind: 'variable'; readonly name: string; readonly words: string }
  /** A confirmation, needed when the question selects something, or when not. `{{FOUND}}` in the words is replaced. */
  | { readonly kind: 'consent'; readonly when: 'selected' | 'missing'; readonly of: Question; readonly words: string };

export interface Step {
  /** Unique in its plan, and stable across versions: it identifies what was created, not the title. */
  readonly id: string;
  /** An imperative: "start container redisdemo-stack". */
  readonly title: string;
  readonly action: Action;
  /** Replaces the question of the action. */
  readonly exists?: Exists;
  /** How long a transient failure (busy, not ready yet) is retried, both in looking and creating. */
  readonly retryForMs?: number;
  /** The system's codes of refusals that are retryable too, although it does not say so. */
  readonly retryable?: readonly string[];
  /** Sent before the create: what it refuses leaves nothing half made. */
  readonly dryRun?: Call;
  /** Called right before the create is sent, once the dry run was not refused. */
  readonly begin?: (systems: Systems) => Promise<void>;
  /** Absent: a refusal is reported as it is. */
  readonly refusal?: Refusals;
  /** Called when the create is refused for good. */
  readonly refused?: () => Promise<void>;
  /** Checked for every missing step before anything is created. Throws a Problem. */
  readonly needs?: (systems: Systems, working: WorkContext, facts: Facts) => Promise<void>;
  readonly ready?: Ready;
  /** Holds the user's data: `remove` leaves it unless asked to remove data. */
  readonly keep?: boolean;
}

export interface Refusals {
  /** Begins the message, before the system's own words: `The cluster refuses the database`. */
  readonly what: string;
  readonly known: Readonly<Record<string, { readonly code: ProblemCode; readonly hint: string }>>;
  readonly hint: string;
}

/** A closer look than the action's own question, and a condition in its place for scripts. */
export interface Exists {
  readonly ask: (systems: Systems, working: WorkContext, facts: Facts) => Promise<Answer<unknown>>;
  /** Absent: scripts ask the action's own question. */
  readonly condition?: Condition;
}

export interface Ready {
  readonly what: string;
  readonly limitMs: number;
  /** The Problem's code at the limit; absent: `timeout`. */
  readonly late?: ProblemCode;
  readonly until: Condition;
  /** Looks closer than the condition: why it does not hold, or what follows from it. */
  readonly look?: (waiting: Waiting) => Promise<Answer<unknown>>;
}

export interface Waiting {
  readonly systems: Systems;
  readonly working: WorkContext;
  readonly facts: Facts;
  /** Evaluates the condition. @param systems others than those of the plan */
  readonly holds: (systems?: Systems) => Promise<Answer<unknown>>;
}

export function isReady(
  { until, look }: Ready,
  { systems, working, facts }: { readonly systems: Systems; readonly working: WorkContext; readonly facts: Facts },
): Promise<Answer<unknown>> {
  const holds = (through = systems): Promise<Answer<unknown>> =>
    evaluate(until, { systems: through, facts, signal: working.signal });
  return look ? look({ systems, working, facts, holds }) : holds();
}
