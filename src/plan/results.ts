/** What the steps of a plan came to. */
import type { Plan } from './plan.ts';

export interface StepResult {
  readonly id: string;
  readonly title: string;
  /** `created` as soon as the effect has begun: what fails halfway is removed too. */
  readonly outcome: 'created' | 'found';
  /** What the step found or created, for a step that gives a value. */
  readonly value: unknown;
  /** What its wait ended with. */
  readonly proof: unknown;
}

/** One for each step that was reached, in the order of the plan. */
export type Results = readonly StepResult[];

/** Whether a step created something; without an id, whether any step did. */
export function hasCreated(results: Results, id?: string): boolean {
  return results.some((result) => result.outcome === 'created' && (id === undefined || result.id === id));
}

export function createdTitles(results: Results): readonly string[] {
  return results.filter(({ outcome }) => outcome === 'created').map(({ title }) => title);
}

/** The part of a plan that its steps created. */
export function createdPart(plan: Plan, results: Results): Plan {
  return { ...plan, steps: plan.steps.filter(({ id }) => hasCreated(results, id)) };
}

/** What the wait of a step ended with; undefined when the step was not reached. */
export function proofIn(results: Results, id: string): unknown {
  return results.find((result) => result.id === id)?.proof;
}
