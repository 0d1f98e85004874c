import { spreadText, type Spread } from './spread.ts';

/** A limit that the project has set itself. */
export interface Budget {
  readonly title: string;
  readonly limit: number;
  readonly keep: 'at least' | 'at most';
  readonly decimals: number;
  readonly unit?: string;
}

/** A figure, or the reason why there is none. */
export type Measured = Spread | string;

export interface Verdict {
  readonly title: string;
  readonly verdict: 'met' | 'NOT met' | 'not measurable';
  readonly detail: string;
}

/** The median decides; a spread that reaches over the limit is said, for then the next run may decide otherwise. */
export function judge({ title, limit, keep, decimals, unit = '' }: Budget, measured: Measured): Verdict {
  if (typeof measured === 'string') return { title, verdict: 'not measurable', detail: measured };
  const met = (value: number): boolean => (keep === 'at least' ? value >= limit : value <= limit);
  const sure = met(measured.min) === met(measured.max);
  const detail =
    `${spreadText(measured, decimals)}${unit}, ${keep} ${limit.toFixed(decimals)}${unit}` +
    (sure ? '' : '; the spread reaches over the limit');
  return { title, verdict: met(measured.median) ? 'met' : 'NOT met', detail };
}

export function verdictLines(verdicts: readonly Verdict[]): string {
  const width = Math.max(...verdicts.map(({ title }) => title.length));
  return verdicts
    .map(({ title, verdict, detail }) => `${title.padEnd(width)}  ${verdict.padEnd(14)}  ${detail}\n`)
    .join('');
}
