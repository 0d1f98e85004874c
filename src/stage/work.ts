import type { Invocation } from '../command/invocation.ts';
import type { Plan } from '../plan/plan.ts';
import type { StageStatus } from '../plan/status.ts';
import type { Problem } from '../problem.ts';
import type { Line } from '../report.ts';

/** What `status` and `down` ask of every stage; a stage that makes nothing has none of it. */
export interface StageWork {
  /**
   * What there is now, one answer for each place where it can be. Asks only.
   * @param values the settings of the place, where a command has them; otherwise the places that are known here
   */
  readonly status?: (invocation: Invocation, values?: never) => Promise<readonly AtPlace<StageAnswer>[]>;
  /** What may be left, whatever it was asked to be, one for each place. @param values as of `status` */
  readonly leftovers?: (invocation: Invocation, values?: never) => Promise<readonly AtPlace<Leftovers>[]>;
  /** What `down` deletes for good, to complete "This deletes …". */
  readonly losses?: (invocation: Invocation, options: { readonly volumes: boolean }) => Promise<readonly string[]>;
}

/** A question about one place where a stage can be: one that cannot be asked does not hide the others. */
export interface AtPlace<T> {
  /** Which one it is, where there can be several. */
  readonly where?: string;
  readonly ask: () => Promise<T>;
}

export interface StageAnswer extends Omit<StageStatus, 'state'> {
  readonly state: StageStatus['state'] | 'unknown';
  /** More of it, for `--json`. */
  readonly details?: object;
  /** More of it, for a person. */
  readonly view?: readonly Line[];
  /** The command that removes it. */
  readonly remove?: string;
  /** Why it could not be asked, where that is an error. */
  readonly problem?: Problem;
}

export interface Leftovers {
  readonly things: Plan;
  /** redisdemo's own record of them, which goes when all of them are gone. */
  readonly record?: Plan;
  /** Why it is not known whether this is all. */
  readonly unknown?: Problem;
  /** Asked before they are removed by name; absent: they can be made again. */
  readonly question?: string;
  /** What stays, and why, in one sentence. */
  readonly stays?: string;
  /** What an error of their removal means; absent: it is said as it is. */
  readonly explain?: (error: unknown) => Promise<unknown>;
}
