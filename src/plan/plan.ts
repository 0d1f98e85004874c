/** A stage as a value: what is made, in order. ensure, remove, status and print read it. */
import type { Action } from './action.ts';
import type { Answer } from './answer.ts';
import type { Systems } from './systems.ts';
import type { Working } from './wait.ts';

export interface Plan {
  readonly title: string;
  readonly steps: readonly Step[];
}

export interface Step {
  /** An imperative: "start container redisdemo-stack". */
  readonly title: string;
  readonly action: Action;
  /** Asked of every step that is missing before anything is created. Throws a Problem. */
  readonly needs?: (systems: Systems) => Promise<void>;
  readonly ready?: Ready;
  /** Survives `remove` unless it is asked for by name: it holds the user's data. */
  readonly keep?: boolean;
}

/** A fact to wait for, and the same as a shell command that succeeds when it holds. */
export interface Ready {
  readonly what: string;
  readonly limitMs: number;
  readonly ask: (systems: Systems, working: Working) => Promise<Answer<unknown>>;
  readonly shell: string;
}
