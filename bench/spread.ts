/** Several measurements of one figure. The median is quoted; least and most say how noisy the machine was. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), min: quantile(sorted, 0), max: quantile(sorted, 1) };
}

/** What needs measuring only once. */
export function single(value: number): Spread {
  return spread([value]);
}

/** Pair by pair: two figures of one round met the same machine, so what slows both does not show in their ratio. */
export function paired(
  left: readonly number[],
  right: readonly number[],
  compare: (left: number, right: number) => number,
): Spread {
  return spread(left.map((value, index) => compare(value, right[index] ?? NaN)));
}

/** The value below which this share of the sorted values lies; between two values it is interpolated. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** `0.98 (0.95–1.01)` */
export function spreadText({ median, min, max }: Spread, decimals: number): string {
  const range = min === max ? '' : ` (${min.toFixed(decimals)}–${max.toFixed(decimals)})`;
  return median.toFixed(decimals) + range;
}
