/** What a deployment asks a person: for printed scripts, which ask the same. */
import type { Question } from '../../../plan/call.ts';
import type { Preface } from '../../../plan/plan.ts';
import { type CloudRunPlace } from '../place/place.ts';
import { PINNED_TO } from '../service/predicates.ts';
import { askService } from '../service/reads.ts';

export function unpinQuestion(targets: string): string {
  return `Traffic is pinned by hand, or by a rollback, to ${targets}. Move it to the new revision when that is proven?`;
}

export function enableQuestion(off: readonly string[], { project }: Pick<CloudRunPlace, 'project'>): string {
  return `Turn on ${off.join(', ')} in ${project}? What uses them is billed.`;
}

/** Before a script moves traffic that somebody pinned. */
export function unpinConsent(place: CloudRunPlace): Preface {
  return { kind: 'consent', when: 'selected', of: askService(place, PINNED_TO), words: unpinQuestion('{{FOUND}}') };
}

/** Before a script turns on APIs: what uses them is billed. @param isOn selects something when they are on */
export function enableConsent(off: readonly string[], place: CloudRunPlace, isOn: Question): Preface {
  return { kind: 'consent', when: 'missing', of: isOn, words: enableQuestion(off, place) };
}
