/** What the tour is made of: where it walks, what a rung needs, and what is said of it. */
import type { Connection } from '../connection.ts';
import type { Places } from '../deployment.ts';
import type { Systems } from '../plan/systems.ts';
import type { Working } from '../plan/wait.ts';
import type { SmokeReport } from '../smoke/smoke.ts';

/** Cloud Run's service in a tour. A name of its own: no service of the user's is touched. */
export const TOUR_SERVICE = 'redisdemo-tour';

export interface Walk {
  readonly places: Places;
  readonly systems: Systems;
  readonly working: Working;
  /** Leaves what was made, for a look at it. */
  readonly keep: boolean;
  readonly cloud: CloudWish;
}

/** What Cloud Run is walked with: a project that is named, since it costs money, and a Redis that exists already. */
export interface CloudWish {
  readonly project: string | undefined;
  /** Absent: gcloud's own. */
  readonly region: string | undefined;
  readonly connection: Connection | undefined;
}

export interface RungReport {
  readonly rung: string;
  readonly outcome: 'passed' | 'failed' | 'not reachable';
  readonly reason?: string;
  readonly ms: number;
  /** What the rung left on the machine. */
  readonly leftBehind: readonly string[];
  /** The command that runs this combination by itself. */
  readonly again: string;
  /** The command that removes what it left. */
  readonly removal: string;
  /** What it has used, and left as it was: it ran before. */
  readonly before?: string;
  readonly smoke?: SmokeReport;
}

/** A database that is open for its rungs. */
export interface Opened {
  readonly connection: Connection | undefined;
  /** What ran before the tour came. */
  readonly before?: string;
  /** Takes away what was made for the tour, and no more; resolves with what stays. */
  readonly close: () => Promise<readonly string[]>;
}

/** How a target runs the service for the time of a smoke test. */
export type Run = (database: string, connection: Connection | undefined, walk: Walk) => Promise<Walked>;

export interface Walked {
  readonly smoke: SmokeReport;
  readonly leftBehind: readonly string[];
}
