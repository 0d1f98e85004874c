import type { Plan } from './plan.ts';

export interface StepResult {
  readonly id: string;
  readonly title: string;
  /** `created` as soon as the effect has begun: what fails halfway is removed too. */
  readonly outcome: 'created' | 'found';
  /** The value of the step's fact, where it has one. */
  readonly value: unknown;
  /** The last answer of its wait. */
  readonly proof: unknown;
}

export type Results = readonly StepResult[];

/** Without an id, whether any step created something. */
export function hasCreated(results: Results, id?: string): boolean {
  return results.some((result) => result.outcome === 'created' && (id === undefined || result.id === id));
}

export function createdTitles(results: Results): readonly string[] {
  return results.filter(({ outcome }) => outcome === 'created').map(({ title }) => title);
}

export function createdPart(plan: Plan, results: Results): Plan {
  return { ...plan, steps: plan.steps.filter(({ id }) => hasCreated(results, id)) };
}

/** undefined when the step was not reached. */
export function proofIn(results: Results, id: string): unknown {
  return results.find((result) => result.id === id)?.proof;
}
