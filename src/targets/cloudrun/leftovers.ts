/** What deployments to Cloud Run have left, for `destroy` and `down`. */
import type { Invocation } from '../../command/invocation.ts';
import type { Leftovers } from '../../stage/work.ts';
import { placeOf, type PlaceValues } from './commands/place.ts';
import { stillThere } from './failures/failures.ts';
import { memberOf, readClient } from './google/client.ts';
import type { CloudRunPlace } from './place/place.ts';
import { remains } from './release/destroy.ts';
import { places } from './service/journal.ts';

/** @param values absent: of every place that was deployed to from this state folder */
export async function leftOnCloudRun(invocation: Invocation, values?: PlaceValues): Promise<readonly Leftovers[]> {
  const known =
    values === undefined
      ? await places(invocation.places.home, invocation.systems)
      : [await placeOf(values, invocation)];
  return Promise.all(known.map((place) => leftAt(place, invocation)));
}

async function leftAt(place: CloudRunPlace, invocation: Invocation): Promise<Leftovers> {
  const { systems, signal } = invocation;
  const left = await remains(place, invocation.places.home, systems, invocation);
  return {
    ...left,
    question: `Take ${place.service} away from ${place.project}, ${place.region}, with its secret and images?`,
    stays: 'The repository cloud-run-source-deploy and the bucket of sources stay: other services may use them.',
    explain: async (error) => stillThere(error, { ...place, caller: memberOf(await readClient(systems, signal)) }),
  };
}
