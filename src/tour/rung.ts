import type { SmokeReport } from '../smoke/smoke.ts';

/** What became of a database and a target together. */
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
