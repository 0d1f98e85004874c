import { Problem } from '../../../problem.ts';

export interface Limits {
  /** As gcloud writes it: `512Mi`. */
  readonly memory: string;
  readonly cpu: number;
  readonly concurrency: number;
  readonly timeoutS: number;
}

export const DEFAULT_LIMITS: Limits = { memory: '512Mi', cpu: 1, concurrency: 80, timeoutS: 60 };

const UNITS: Readonly<Record<string, number>> = { M: 1e6, Mi: 2 ** 20, G: 1e9, Gi: 2 ** 30 };
const GIBIBYTE = 2 ** 30;

export const MEMORY = /^(\d+(?:\.\d+)?)(Mi?|Gi?)$/;

/**
 * The memory that each number of CPUs can have, in GiB: https://cloud.google.com/run/docs/configuring/services/cpu
 * and, for the least of the second generation, https://cloud.google.com/run/docs/configuring/services/memory-limits.
 * Less than one CPU needs the first generation, in which redisdemo does not deploy.
 */
const MEMORY_OF_CPUS: ReadonlyMap<number, readonly [least: number, most: number]> = new Map([
  [1, [0.5, 4]],
  [2, [0.5, 8]],
  [4, [2, 16]],
  [6, [4, 24]],
  [8, [4, 32]],
]);

export const CPUS: readonly number[] = [...MEMORY_OF_CPUS.keys()];

function memoryGiB(memory: string): number {
  const [, number = '', unit = ''] = MEMORY.exec(memory) ?? [];
  return (Number(number) * (UNITS[unit] ?? NaN)) / GIBIBYTE;
}

/** Throws a Problem for a combination that Cloud Run refuses: it would do so only after the build. */
export function checkLimits({ memory, cpu }: Limits): void {
  const size = memoryGiB(memory);
  const [least, most] = MEMORY_OF_CPUS.get(cpu) ?? [0.5, 32];
  if (size >= least && size <= most) return;
  const enough = CPUS.find((count) => (MEMORY_OF_CPUS.get(count)?.[1] ?? 0) >= size);
  throw new Problem('bad_setting', {
    message: `With ${String(cpu)} CPU${cpu === 1 ? '' : 's'} Cloud Run gives an instance ${gibibytes(least)} to ${gibibytes(most)} of memory; asked for ${memory}.`,
    hint:
      size < least
        ? `Ask for more memory: --memory ${gibibytes(least)}`
        : enough === undefined
          ? 'No service can have more than 32Gi: --memory 32Gi --cpu 8'
          : `Ask for more CPUs: --cpu ${String(enough)}   Or for less memory: --memory ${gibibytes(most)}`,
  });
}

function gibibytes(size: number): string {
  return size < 1 ? `${String(size * 1024)}Mi` : `${String(size)}Gi`;
}

export function limitFlags({ memory, cpu, concurrency, timeoutS }: Limits): readonly string[] {
  return [
    `--cpu=${String(cpu)}`,
    `--memory=${memory}`,
    `--concurrency=${String(concurrency)}`,
    `--timeout=${String(timeoutS)}`,
  ];
}

/** US dollars a second for an instance that waits, tier 1: https://cloud.google.com/run/pricing */
const IDLE_CPU = 0.0000025;
const IDLE_GIBIBYTE = 0.0000025;
const MONTH_S = 30 * 24 * 3600;

export function idleCost(min: number, { cpu, memory }: Pick<Limits, 'cpu' | 'memory'>): string {
  if (min === 0) return 'idle: nothing but some cents a month for the image, the source archives and the secret';
  const dollars = min * MONTH_S * (cpu * IDLE_CPU + memoryGiB(memory) * IDLE_GIBIBYTE);
  return `idle: some ${dollars.toFixed(0)} US dollars a month, for ${String(min)} waiting instance${min === 1 ? '' : 's'} (--min 0 ends that)`;
}
