/** A stage as a value: what is made, in order. ensure, remove, status and print read it. */
import type { Problem, ProblemCode } from '../problem.ts';
import type { Action } from './action.ts';
import type { Answer, Failed } from './answer.ts';
import type { Call, Facts } from './call.ts';
import type { Systems } from './systems.ts';
import type { Working } from './wait.ts';

/** In printed scripts, the status of a call that may succeed later: EX_TEMPFAIL of sysexits.h. */
export const TRY_AGAIN = 75;

export interface Plan {
  readonly title: string;
  /** What a user of what the plan makes should know, in one line. */
  readonly note?: string;
  readonly steps: readonly Step[];
  /** A file in redisdemo's folder. Where one is given, only one redisdemo at a time makes or removes the plan. */
  readonly lock?: string;
}

export interface Step {
  /** An imperative: "start container redisdemo-stack". */
  readonly title: string;
  readonly action: Action;
  /** Instead of asking the system that performs the action. */
  readonly exists?: Exists;
  /** How long an answer that is one for the moment (busy, not ready yet) is asked for again, and a create tried again. */
  readonly patienceMs?: number;
  /** The system's codes of refusals that are for the moment too, although it does not say so. */
  readonly passing?: readonly string[];
  /** The create without its effect, sent before it: what it refuses leaves nothing half made. */
  readonly rehearsal?: Call;
  /** Called right before the create is sent, once the rehearsal was not refused. */
  readonly begin?: (systems: Systems) => Promise<void>;
  /** What a refusal means here; absent: it is said as it is. */
  readonly refusal?: (refused: Failed) => Problem | Promise<Problem>;
  /** For printed scripts: the exit code of a refusal by the system's own code for it, or {@link TRY_AGAIN}. */
  readonly refusalExits?: Readonly<Record<string, number>>;
  /** Looks at what was found, or made. Throws a Problem when it is not what was asked for. */
  readonly check?: (found: unknown) => void;
  /** The same as shell lines, which end the script. */
  readonly checkShell?: string;
  /** Asked of every step that is missing before anything is created. Throws a Problem. */
  readonly needs?: (systems: Systems, working: Working, facts: Facts) => Promise<void>;
  readonly ready?: Ready;
  /** Survives `remove` unless it is asked for by name: it holds the user's data. */
  readonly keep?: boolean;
}

/** A question whose `absent` lets the step create, and the same as a shell command that fails then. */
export interface Exists {
  readonly ask: (systems: Systems, working: Working, facts: Facts) => Promise<Answer<unknown>>;
  /** Absent: that of the action. */
  readonly shell?: string;
}

/** A fact to wait for, and the same as a shell command that succeeds when it holds. */
export interface Ready {
  readonly what: string;
  readonly limitMs: number;
  /** The code of the Problem when the time is over; absent: `timeout`. */
  readonly late?: ProblemCode;
  readonly ask: (systems: Systems, working: Working, facts: Facts) => Promise<Answer<unknown>>;
  readonly shell: string;
}
