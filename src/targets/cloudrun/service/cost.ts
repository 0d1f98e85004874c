/** What a service costs while nobody calls it, roughly: a person wants to know whether it is cents or a dinner. */

import { memoryGiB, type Limits } from './limits.ts';

/** US dollars a second for an instance that waits, tier 1: https://cloud.google.com/run/pricing */
const IDLE_CPU = 0.0000025;
const IDLE_GIBIBYTE = 0.0000025;
const MONTH_S = 30 * 24 * 3600;

/** A month of it. */
export function idleCost(min: number, { cpu, memory }: Pick<Limits, 'cpu' | 'memory'>): string {
  if (min === 0) return 'idle: nothing but some cents a month for the image, the source archives and the secret';
  const dollars = min * MONTH_S * (cpu * IDLE_CPU + memoryGiB(memory) * IDLE_GIBIBYTE);
  return `idle: some ${dollars.toFixed(0)} US dollars a month, for ${String(min)} waiting instance${min === 1 ? '' : 's'} (--min 0 ends that)`;
}
