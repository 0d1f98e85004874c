import type { Places } from '../places.ts';
import type { Systems } from '../plan/systems.ts';
import type { WorkContext } from '../plan/wait.ts';
import type { Problem } from '../problem.ts';
import type { Result } from '../report.ts';

/** One call of the CLI: what its command works with. */
export interface Invocation extends WorkContext {
  readonly systems: Systems;
  readonly environment: NodeJS.ProcessEnv;
  readonly settingNames: ReadonlySet<string>;
  readonly places: Places;
  /** Throws a Problem where nobody can be asked. */
  readonly confirm: (question: string, flag: string) => Promise<boolean>;
  /** Writes a part of a result that has no end to stdout: for people as it is, with `--json` its data as one line. */
  readonly show: (part: Result) => void;
  /** Writes the result to stdout: called once. With a problem, the result is what led to it. */
  readonly finish: (result: Result, problem?: Problem) => void;
}
