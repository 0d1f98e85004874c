import type { SmokeReport } from '../smoke/smoke.ts';

export interface RungReport {
  readonly rung: string;
  readonly outcome: 'passed' | 'failed' | 'not reachable';
  readonly reason?: string;
  readonly ms: number;
  readonly leftBehind: readonly string[];
  /** The command that runs this combination alone. */
  readonly again: string;
  /** The command that removes what it left. */
  readonly removal: string;
  /** What already ran and was left unchanged. */
  readonly before?: string;
  readonly smoke?: SmokeReport;
}
