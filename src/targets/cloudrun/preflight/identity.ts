import type { Systems } from '../../../plan/systems.ts';
import type { Working } from '../../../plan/wait.ts';
import { identityFor } from '../google/identity.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { urlOf } from '../service/service.ts';
import { isPublic, type ServiceState } from '../service/state.ts';

/**
 * Asks for a token before anything is created where the smoke test will need one: a first deployment is closed until it
 * is proven. Throws a Problem when there is none.
 * @param state of the service before the deployment; undefined where there is none
 */
export async function checkIdentity(
  place: CloudRunPlace,
  state: ServiceState | undefined,
  systems: Systems,
  working: Working,
): Promise<undefined> {
  const serves = state?.service.status?.latestReadyRevisionName !== undefined;
  if (state && serves && isPublic(state)) return;
  const audience = state ? urlOf(state.service) : `https://${place.service}.run.app`;
  await identityFor(audience, systems, working.signal);
}
