/**
 * The memory and CPUs that a revision may have.
 *
 * Where each belief comes from:
 * - which memory goes with which CPUs: cloud.google.com/run/docs/configuring/services/cpu and memory-limits; less than a
 *   CPU wants one request at once and the first generation.
 * - concurrency 1 to 1000: cloud.google.com/run/docs/configuring/concurrency; a request takes an hour at most:
 *   cloud.google.com/run/docs/configuring/request-timeout.
 * - the texts: the one of memory is in hashicorp/terraform-provider-google's issues in this form; the others are made up.
 */
import { Refusal } from './exchange.ts';
import type { Template } from './knative.ts';

/** CPUs, least and most memory in GiB. */
const TABLE: readonly (readonly [number, number, number])[] = [
  [1, 0, 4],
  [2, 0, 8],
  [4, 2, 16],
  [6, 4, 24],
  [8, 4, 32],
];
const BYTES: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  '': 1,
};

export function refuseLimits({ metadata, spec }: Template): void {
  const { cpu = '1', memory = '512Mi' } = spec.containers[0]?.resources?.limits ?? {};
  const [cpus, gibibytes] = [cpu.endsWith('m') ? Number.parseInt(cpu) / 1000 : Number(cpu), sizeOf(memory) / 2 ** 30];
  const generation = metadata?.annotations?.['run.googleapis.com/execution-environment'];
  const field = 'spec.template.spec.containers[0].resources.limits';
  if (gibibytes < (generation === 'gen2' ? 0.5 : 0.125)) throw invalid(`${field}.memory`, 'The value is too small.');
  if (cpus < 1) {
    if (cpus < 0.08 || spec.containerConcurrency !== 1 || generation === 'gen2') {
      throw invalid(`${field}.cpu`, 'Less than 1 CPU needs a concurrency of 1 and the first generation.');
    }
  } else {
    const [, least = 0, most = 0] = TABLE.find(([count]) => count === cpus) ?? [];
    if (most === 0) throw invalid(`${field}.cpu`, `Invalid value ${cpu}: 1, 2, 4, 6 and 8 are possible.`);
    if (gibibytes < least || gibibytes > most) {
      throw invalid(`${field}.memory`, `Invalid value specified for container memory: ${memory} with ${cpu} CPU.`);
    }
  }
  const { containerConcurrency: requests = 80, timeoutSeconds = 300 } = spec;
  if (requests < 1 || requests > 1000) throw invalid('spec.template.spec.containerConcurrency', 'From 1 to 1000.');
  if (timeoutSeconds < 1 || timeoutSeconds > 3600)
    throw invalid('spec.template.spec.timeoutSeconds', 'From 1 to 3600.');
}

function sizeOf(memory: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(memory) ?? [];
  return Number(number) * (BYTES[unit] ?? NaN);
}

function invalid(field: string, words: string): Refusal {
  return new Refusal('INVALID_ARGUMENT', `${field}: ${words}`);
}
