import type { Contender } from './contenders.ts';
import type { LoadGenerator } from './load-generator.ts';

/** What every part of bench:growth needs. */
export interface GrowthPlan {
  readonly service: Contender;
  /** Goes before the service's command line. */
  readonly prefix: readonly string[];
  readonly load: LoadGenerator;
  readonly rounds: number;
  /** Of load, for each number, method and round. */
  readonly seconds: number;
}
