/** The same figures for growing numbers of something: a table, and how flat they are. */
import { paired, spread, spreadText, type Spread } from './spread.ts';
import { table } from './table.ts';

export interface Series<Figure extends string = string> {
  readonly title: string;
  readonly columns: readonly string[];
  /** The columns with the smallest and the largest number. */
  readonly ends: readonly [string, string];
  /** In the order of the table, each with its decimals. */
  readonly figures: readonly (readonly [Figure, number])[];
  readonly rounds: readonly SeriesRound[];
}

/** Column by column. */
export type SeriesRound = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Medians with least and most, and what the largest number does to them. */
export function seriesTable(series: Series): string {
  const { title, columns, ends, figures } = series;
  const rows = figures.map(([figure, decimals]) => [
    figure,
    ...columns.map((column) => spreadText(spread(valuesOf(series, column, figure)), decimals)),
    spreadText(growthOf(series, figure), 2),
  ]);
  return table([[title, ...columns, `${ends[1]} ÷ ${ends[0]}`], ...rows]);
}

/** The figure at the largest number over that at the smallest, taken round by round. */
export function growthOf<Figure extends string>(series: Series<Figure>, figure: Figure): Spread {
  const [smallest, largest] = series.ends.map((column) => valuesOf(series, column, figure));
  return paired(largest ?? [], smallest ?? [], (most, least) => most / least);
}

export function valuesOf<Figure extends string>({ rounds }: Series<Figure>, column: string, figure: Figure): number[] {
  return rounds.map((round) => round[column]?.[figure] ?? NaN);
}

/** `1,000,000` */
export function written(count: number): string {
  return count.toLocaleString('en');
}
