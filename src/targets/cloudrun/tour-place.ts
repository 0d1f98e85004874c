import { Problem } from '../../problem.ts';
import type { TourContext } from '../../stage/tour.ts';

/** A name of its own: no service of the user's is touched. */
export const TOUR_SERVICE = 'redisdemo-tour';

interface TourPlace {
  readonly project?: string;
  /** Absent: gcloud's own. */
  readonly region?: string;
}

export const tourPlace = ({ values }: Pick<TourContext, 'values'>): TourPlace => values;

/** It costs money: a project has to be named, and gcloud's own is not taken. */
export function unnamed(tour: TourContext): Problem | undefined {
  if (tourPlace(tour).project !== undefined) return undefined;
  return new Problem('out_of_reach', {
    message: 'no project is named, and it costs some cents: --project ID, or REDISDEMO_PROJECT',
  });
}
