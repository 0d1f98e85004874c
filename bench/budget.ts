/** Limits that the project has set itself. */
import { spreadText, type Spread } from './spread.ts';
import { table } from './table.ts';

export interface Budget {
  readonly title: string;
  readonly limit: number;
  readonly keep: 'at least' | 'at most';
  readonly decimals: number;
  /** The median, unless every round has to keep the limit. */
  readonly decidedBy?: 'every round';
}

/** A figure, or the reason why there is none. */
export type Measured = Spread | string;

export interface Verdict extends Budget {
  readonly measured: Measured;
  readonly verdict: 'met' | 'NOT met' | 'not measured';
  /** False when another run may well decide otherwise. */
  readonly inEveryRound: boolean;
}

export function judge(budget: Budget, measured: Measured): Verdict {
  if (typeof measured === 'string') return { ...budget, measured, verdict: 'not measured', inEveryRound: true };
  const { limit, keep, decidedBy } = budget;
  const met = (value: number): boolean => (keep === 'at least' ? value >= limit : value <= limit);
  const worst = keep === 'at least' ? measured.min : measured.max;
  return {
    ...budget,
    measured,
    verdict: met(decidedBy === undefined ? measured.median : worst) ? 'met' : 'NOT met',
    inEveryRound: decidedBy !== undefined || met(measured.min) === met(measured.max),
  };
}

export function verdictLines(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ title, verdict, measured, inEveryRound, keep, limit, decimals, decidedBy }) => [
    verdict,
    decidedBy === undefined ? title : `${title}, ${decidedBy}`,
    typeof measured === 'string' ? measured : spreadText(measured, decimals),
    `${keep} ${limit.toFixed(decimals)}`,
    inEveryRound ? '' : 'not in every round',
  ]);
  return table(rows, Infinity);
}
