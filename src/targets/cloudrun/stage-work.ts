/** Cloud Run as a stage. Who has deployed nothing there, and asks for the status, loads no release. */
import type { TargetWork } from '../../stage/target-work.ts';
import type { TourContext } from '../../stage/tour.ts';
import type { PlaceValues } from './commands/place.ts';
import { places } from './service/journal.ts';
import { unnamed, tourPlace, TOUR_SERVICE } from './tour-place.ts';

export const cloudRunTarget: TargetWork = {
  status: async (invocation, values?: PlaceValues) => {
    if (values === undefined && (await places(invocation.places.home, invocation.systems)).length === 0)
      return [{ state: 'absent' }];
    return (await import('./status.ts')).statusOnCloudRun(invocation, values);
  },
  leftovers: async (invocation, values?: PlaceValues) => {
    if (values === undefined && (await places(invocation.places.home, invocation.systems)).length === 0) return [];
    return (await import('./leftovers.ts')).leftOnCloudRun(invocation, values);
  },
  losses: async ({ places: { home }, systems }) =>
    (await places(home, systems)).map(
      ({ service, project, region }) => `the service ${service} on Cloud Run (${project}, ${region})`,
    ),
  deployment: async (...args) => (await import('./deployment.ts')).cloudRunDeployment(...args),
  needs: unnamed,
  test: async (...args) => (await import('./tour.ts')).testOnCloudRun(...args),
  commands: (_database, tour: TourContext) => {
    const { project = 'PROJECT', region } = tourPlace(tour);
    const inRegion = region === undefined ? '' : ` --region ${region}`;
    return {
      again: `redisdemo deploy cloudrun --project ${project}${inRegion}`,
      removal: `redisdemo destroy cloudrun --service ${TOUR_SERVICE} --project ${project}${inRegion}`,
    };
  },
};
