/** What a service costs while nobody calls it, roughly: a person wants to know whether it is cents or a dinner. */

/** US dollars a second for an instance that waits, tier 1: https://cloud.google.com/run/pricing */
const IDLE_CPU = 0.0000025;
const IDLE_GIBIBYTE = 0.0000025;
const MONTH_S = 30 * 24 * 3600;
const [CPUS, GIBIBYTES] = [1, 0.5];

/** A month of it. */
export function idleCost(min: number): string {
  if (min === 0) return 'idle: nothing but some cents a month for the image, the source archives and the secret';
  const dollars = min * MONTH_S * (CPUS * IDLE_CPU + GIBIBYTES * IDLE_GIBIBYTE);
  return `idle: some ${dollars.toFixed(0)} US dollars a month, for ${String(min)} waiting instance${min === 1 ? '' : 's'} (--min 0 ends that)`;
}
