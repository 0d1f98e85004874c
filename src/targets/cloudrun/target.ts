/**
 * Cloud Run as a stage. The files here and commands/ import the folders, which import in one order: place, failures,
 * google, service, build, preflight, release.
 */
import type { TargetWork } from '../../stage/target-work.ts';
import type { TourContext } from '../../stage/tour.ts';
import { cloudRunDeployment } from './deployment.ts';
import { leftOnCloudRun, lossesOnCloudRun } from './leftovers.ts';
import { statusOnCloudRun } from './status.ts';
import { assertNamed, testOnCloudRun, tourPlace, TOUR_SERVICE } from './tour.ts';

export const cloudRunTarget: TargetWork = {
  status: statusOnCloudRun,
  leftovers: leftOnCloudRun,
  losses: lossesOnCloudRun,
  deployment: cloudRunDeployment,
  needs: assertNamed,
  test: testOnCloudRun,
  commands: (_database, tour: TourContext) => {
    const { project = 'PROJECT', region } = tourPlace(tour);
    const inRegion = region === undefined ? '' : ` --region ${region}`;
    return {
      again: `redisdemo deploy cloudrun --project ${project}${inRegion}`,
      removal: `redisdemo destroy cloudrun --service ${TOUR_SERVICE} --project ${project}${inRegion}`,
    };
  },
};
