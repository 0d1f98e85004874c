import type { Answer } from './answer.ts';
import type { Facts } from './call.ts';
import { evaluate } from './condition.ts';
import type { Ready } from './plan.ts';
import type { Systems } from './systems.ts';
import type { Working } from './wait.ts';

/** Whether what a step waits for is there now. */
export function isReady(
  { until, look }: Ready,
  { systems, working, facts }: { readonly systems: Systems; readonly working: Working; readonly facts: Facts },
): Promise<Answer<unknown>> {
  const holds = (through = systems): Promise<Answer<unknown>> =>
    evaluate(until, { systems: through, facts, signal: working.signal });
  return look ? look({ systems, working, facts, holds }) : holds();
}
