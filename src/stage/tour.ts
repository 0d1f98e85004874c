/** What stages know of a tour. */
import type { Connection } from '../connection.ts';
import type { Places } from '../places.ts';
import type { Systems } from '../plan/systems.ts';
import type { WorkContext } from '../plan/wait.ts';
import type { SmokeReport } from '../smoke/smoke.ts';

export interface TourContext {
  readonly places: Places;
  readonly systems: Systems;
  readonly working: WorkContext;
  readonly environment: NodeJS.ProcessEnv;
  /** Leaves what was made, for a look at it. */
  readonly keep: boolean;
  /** The values of the settings that targets have for a tour. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The Redis that a person has named. */
  readonly given: Connection | undefined;
}

/** A database that is open for its combinations. */
export interface OpenedDatabase {
  /** What ran before the tour came, in one sentence. */
  readonly before?: string;
  /** Removes what was made for the tour, and no more; resolves with what stays. */
  readonly close: () => Promise<readonly string[]>;
}

export interface Tested {
  readonly smoke: SmokeReport;
  readonly leftBehind: readonly string[];
}
