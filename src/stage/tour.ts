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
  /** Nothing that was created is removed. */
  readonly keep: boolean;
  /** Of the targets' tour settings. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The Redis that the user named. */
  readonly given: Connection | undefined;
}

export interface OpenedDatabase {
  /** What ran before the tour, in one sentence. */
  readonly before?: string;
  /** Removes only what was created for the tour; resolves with what stays. */
  readonly close: () => Promise<readonly string[]>;
}

export interface Tested {
  readonly smoke: SmokeReport;
  readonly leftBehind: readonly string[];
}
