/** Imports on demand: `status` loads no release where nothing was deployed. */
import { dirname } from 'node:path';
import type { Invocation } from '../../command/invocation.ts';
import type { TargetWork } from '../../stage/target-work.ts';
import type { AtPlace, StageAnswer } from '../../stage/work.ts';
import type { TourContext } from '../../stage/tour.ts';
import type { PlaceValues } from './commands/place.ts';
import type { CloudRunPlace } from './place/place.ts';
import { TOUR_SERVICE, tourPlace, unnamed } from './tour-place.ts';

/** The places that were deployed to from this state folder. Without records, the code that reads them is not loaded. */
async function known({ places: { home }, systems }: Invocation): Promise<readonly CloudRunPlace[]> {
  const names = await systems.files.list(dirname(home.record('cloudrun')));
  if (!names.some((name) => name.startsWith('cloudrun-'))) return [];
  return (await import('./service/journal.ts')).places(home, systems);
}

const whereIs = ({ service, project, region }: CloudRunPlace): string => `${service} in ${project}, ${region}`;

const answer = (given: StageAnswer): AtPlace<StageAnswer> => ({ ask: () => Promise.resolve(given) });

export const cloudRunTarget: TargetWork = {
  status: async (invocation, values?: PlaceValues) => {
    const asked = values && (await (await import('./commands/place.ts')).foundPlace(values, invocation));
    if (values && !asked) return [answer({ state: 'unknown', reason: 'no project: give --project ID' })];
    const all = asked ? [asked] : await known(invocation);
    if (all.length === 0) return [answer({ state: 'absent' })];
    const { statusAt } = await import('./status.ts');
    return all.map((place) => ({ where: whereIs(place), ask: () => statusAt(place, invocation) }));
  },
  leftovers: async (invocation, values?: PlaceValues) => {
    const asked = values && (await (await import('./commands/place.ts')).placeOf(values, invocation));
    const all = asked ? [asked] : await known(invocation);
    if (all.length === 0) return [];
    const { leftAt } = await import('./release/destroy.ts');
    return all.map((place) => ({ where: whereIs(place), ask: () => leftAt(place, invocation) }));
  },
  losses: async (invocation) =>
    (await known(invocation)).map(
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
