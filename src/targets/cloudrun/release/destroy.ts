/** What a deployment has left, as plans for its removal: `remove` goes backwards. */
import type { Invocation } from '../../../command/invocation.ts';
import type { Home } from '../../../home.ts';
import type { Plan, Step } from '../../../plan/plan.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import type { Leftovers } from '../../../stage/work.ts';
import { ongoingSteps } from '../build/builds.ts';
import { builtSince, NOTHING_MADE } from '../build/built.ts';
import { stillThere } from '../failures/failures.ts';
import { memberOf, readClient } from '../google/client.ts';
import { gcloud, inProject, inRegion } from '../google/gcloud.ts';
import { openGoogle, type GoogleApi } from '../google/google-api.ts';
import { googleStep } from '../google/step.ts';
import { secretName, type CloudRunPlace } from '../place/place.ts';
import { journalFile, readJournal } from '../service/journal.ts';
import { askService, IS_OURS } from '../service/reads.ts';
import { sinceOf } from '../service/service.ts';
import { readState } from '../service/state.ts';
import { IS_OUR_SECRET, secretThere } from './secret.ts';

interface Remains {
  readonly things: Plan;
  /** redisdemo's record of them, removed when all of them are gone. */
  readonly record: Plan;
  /** Why it is not known whether a build still runs: its image would come after everything was reported removed. */
  readonly unknown?: Problem;
}

/** Throws a Problem when redisdemo did not create the service. */
export async function remains(
  place: CloudRunPlace,
  home: Home,
  systems: Systems,
  working: WorkContext,
): Promise<Remains> {
  const google = await openGoogle(systems, working);
  const state = await readState(place, google);
  const written = await readJournal(place, home, systems);
  // The first attempt may have failed before there was a service.
  const since = state ? Math.min(sinceOf(state.service), written ?? Infinity) : written;
  // Without knowing since when, nothing counts as created by redisdemo.
  const none: Builds = { built: [], ongoing: [] };
  const { unknown, ...builds } = since === undefined ? none : await buildsSince(place, since, google);
  return {
    ...(unknown && { unknown }),
    things: removalPlan(place, builds),
    record: {
      title: '',
      steps: [{ id: 'journal', title: '', action: { kind: 'file', file: journalFile(place, home) } }],
    },
  };
}

export async function leftAt(place: CloudRunPlace, invocation: Invocation): Promise<Leftovers> {
  const { systems, signal } = invocation;
  const left = await remains(place, invocation.places.home, systems, invocation);
  return {
    ...left,
    question: `Take ${place.service} away from ${place.project}, ${place.region}, with its secret and images?`,
    stays: 'The repository cloud-run-source-deploy and the bucket of sources stay: other services may use them.',
    explain: async (error) => stillThere(error, { ...place, caller: memberOf(await readClient(systems, signal)) }),
  };
}

interface Builds {
  readonly built: readonly Step[];
  readonly ongoing: readonly Step[];
  readonly unknown?: Problem;
}

async function buildsSince(place: CloudRunPlace, since: number, google: GoogleApi): Promise<Builds> {
  const { steps: built, regions } = await builtSince(place, since, google);
  const places = [place, ...regions.map((region) => ({ ...place, region }))];
  const found = await Promise.all(places.map((where) => ongoingSteps(where, since, google)));
  const [unknown] = found.flatMap((ongoing) => (ongoing instanceof Problem ? [ongoing] : []));
  const ongoing = found.flatMap((steps) => (steps instanceof Problem ? [] : steps));
  return { built, ongoing, ...(unknown && { unknown }) };
}

/** Removed backwards: builds that still run, then the service, which holds the others. */
export function removalPlan(place: CloudRunPlace, { built, ongoing }: Builds): Plan {
  const steps = [...built, secretStep(place), serviceStep(place), ...ongoing];
  return { title: `What ${place.service} has left`, steps };
}

function serviceStep(place: CloudRunPlace): Step {
  return googleStep({
    id: 'service',
    title: `deploy ${place.service}`,
    thing: `service ${place.service}`,
    find: askService(place, `select(${IS_OURS}) | .metadata.name`),
    remove: gcloud(['run', 'services', 'delete', place.service, ...inRegion(place)], {
      absent: 'Cannot find service|could not be found',
    }),
  });
}

function secretStep(place: CloudRunPlace): Step {
  const name = secretName(place);
  const { call } = secretThere(place);
  return googleStep({
    id: 'secret',
    title: `create the secret ${name}`,
    thing: `secret ${name}`,
    find: { call: { ...call, absent: NOTHING_MADE }, select: `select(${IS_OUR_SECRET}) | .name` },
    remove: gcloud(['secrets', 'delete', name, inProject(place)], { absent: NOTHING_MADE }),
  });
}
