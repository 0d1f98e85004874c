/** A report that discards everything. */
import type { Progress, Report } from '../../src/report.ts';

const progress: Progress = { update: () => undefined, end: () => undefined };

/** For work whose progress no test reads. */
export const silentReport: Report = { say: () => undefined, log: () => undefined, begin: () => progress };
