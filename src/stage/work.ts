import type { Invocation } from '../command/invocation.ts';
import type { Plan } from '../plan/plan.ts';
import type { StageStatus } from '../plan/status.ts';
import type { Problem } from '../problem.ts';
import type { Line } from '../report.ts';

/** For `status` and `down`; a stage that creates nothing has none of it. */
export interface StageWork {
  /** One entry per place; changes nothing. @param values the settings of the place; absent: all known places */
  readonly status?: (invocation: Invocation, values?: never) => Promise<readonly AtPlace<StageAnswer>[]>;
  /** Everything that any settings may have left, one entry per place. @param values as for `status` */
  readonly leftovers?: (invocation: Invocation, values?: never) => Promise<readonly AtPlace<Leftovers>[]>;
  /** What `down` deletes for good, to complete "This deletes …". */
  readonly losses?: (invocation: Invocation, options: { readonly volumes: boolean }) => Promise<readonly string[]>;
}

/** Asked separately, so that a place that cannot be asked does not hide the others. */
export interface AtPlace<T> {
  /** Which place, where there can be several. */
  readonly where?: string;
  readonly ask: () => Promise<T>;
}

export interface StageAnswer extends Omit<StageStatus, 'state'> {
  readonly state: StageStatus['state'] | 'unknown';
  /** For `--json`. */
  readonly details?: object;
  /** For people. */
  readonly view?: readonly Line[];
  /** The command that removes it. */
  readonly remove?: string;
  /** Why the state is unknown, where that is an error. */
  readonly problem?: Problem;
}

export interface Leftovers {
  readonly things: Plan;
  /** redisdemo's own record of them, removed once all of them are gone. */
  readonly record?: Plan;
  /** Why the list may be incomplete. */
  readonly unknown?: Problem;
  /** Confirmation before removal; absent: they can be created again. */
  readonly question?: string;
  /** What stays, and why, in one sentence. */
  readonly stays?: string;
  /** Explains an error of the removal; absent: the error is reported unchanged. */
  readonly explain?: (error: unknown) => Promise<unknown>;
}
