/** Limits that the project has set itself. */
import { spreadText, type Spread } from './spread.ts';
import { table } from './table.ts';

export interface Budget {
  readonly title: string;
  readonly limit: number;
  readonly keep: 'at least' | 'at most';
  readonly decimals: number;
}

/** A figure, or the reason why there is none. */
export type Measured = Spread | string;

export interface Verdict extends Budget {
  readonly measured: Measured;
  readonly verdict: 'met' | 'NOT met' | 'not measured';
  /** False when another run may well decide otherwise. */
  readonly inEveryRound: boolean;
}

/** The median decides. */
export function judge(budget: Budget, measured: Measured): Verdict {
  if (typeof measured === 'string') return { ...budget, measured, verdict: 'not measured', inEveryRound: true };
  const { limit, keep } = budget;
  const met = (value: number): boolean => (keep === 'at least' ? value >= limit : value <= limit);
  return {
    ...budget,
    measured,
    verdict: met(measured.median) ? 'met' : 'NOT met',
    inEveryRound: met(measured.min) === met(measured.max),
  };
}

export function verdictLines(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ title, verdict, measured, inEveryRound, keep, limit, decimals }) => [
    verdict,
    title,
    typeof measured === 'string' ? measured : spreadText(measured, decimals),
    `${keep} ${limit.toFixed(decimals)}`,
    inEveryRound ? '' : 'not in every round',
  ]);
  return table(rows, Infinity);
}
