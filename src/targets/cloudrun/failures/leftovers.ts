/** What a first deployment that failed has left at Google, and what that costs. */
import type { Step } from '../../../plan/plan.ts';
import { isInterruption, Problem } from '../../../problem.ts';
import type { Course } from '../release/cloudrun.ts';
import { remains } from '../release/destroy.ts';
import { commandFor } from '../service/commands.ts';
import { bucketOf, REPOSITORY } from '../release/built.ts';
import type { CloudRunSettings } from '../service/settings.ts';

/**
 * US dollars a month: https://cloud.google.com/secret-manager/pricing, https://cloud.google.com/storage/pricing,
 * https://cloud.google.com/artifact-registry/pricing. By the beginning of the thing's name.
 */
const COSTS: Readonly<Record<string, string>> = {
  service: 'closed to the public; it costs nothing while nobody calls it',
  secret: '6 cents a month',
  image: 'about a cent a month',
};
const ARCHIVES = 'less than a cent a month';

/** The same Problem, with the list and the command that removes it. As it is where nothing is left, or nobody can tell. */
export async function withLeftovers(why: Problem, settings: CloudRunSettings, course: Course): Promise<Problem> {
  const things = await leftBehind(settings, course);
  if (things.length === 0) return why;
  const { code, message, hint, details } = why;
  const { project, region, source } = settings;
  const shared =
    source.kind === 'folder' && things.some((thing) => /archive|image/.test(thing))
      ? [
          `The bucket ${bucketOf(settings)} and the repository ${REPOSITORY} (${region}) serve other services too: they stay.`,
        ]
      : [];
  return new Problem(code, {
    message: [message, `Left in ${project}:`, ...things.map((thing) => `  ${thing}`), ...shared].join('\n'),
    hint: [
      ...(hint === undefined ? [] : [hint]),
      `Remove what is left: ${commandFor('destroy cloudrun', settings)}`,
    ].join('\n'),
    details: { ...(typeof details === 'object' ? details : { why: details }), left: things },
  });
}

async function leftBehind(settings: CloudRunSettings, { systems, working, home }: Course): Promise<readonly string[]> {
  const found = await remains(settings, home, systems, working).catch(unknown);
  if (!found) return [];
  const present = await Promise.all(found.things.steps.map((step) => thingIn(step, systems)));
  return present.flatMap((thing) => thing ?? []);
}

async function thingIn({ action }: Step, { perform }: Course['systems']): Promise<string | undefined> {
  if (action.kind !== 'resource') return undefined;
  const answer = await perform.present(action);
  if (answer.kind !== 'ok') return undefined;
  const cost = COSTS[action.thing.split(' ', 1)[0] ?? ''] ?? (action.thing.includes('archive') ? ARCHIVES : undefined);
  return cost === undefined ? action.thing : `${action.thing} (${cost})`;
}

/** The failure itself is what counts. */
function unknown(error: unknown): undefined {
  if (!(error instanceof Problem) || isInterruption(error)) throw error;
}
