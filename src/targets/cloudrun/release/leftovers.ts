/** What a first deployment that failed has left at Google, and what that costs. */
import { absent, type Answer, failed, ok } from '../../../plan/answer.ts';
import type { Step } from '../../../plan/plan.ts';
import { Problem } from '../../../problem.ts';
import { bucketOf, REPOSITORY } from '../build/built.ts';
import { firstSentence, reasonOf } from '../failures/said.ts';
import { commandFor } from '../place/place.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import type { ReleaseContext } from './context.ts';
import { remains, removalPlan } from './destroy.ts';

/**
 * US dollars a month: https://cloud.google.com/secret-manager/pricing, https://cloud.google.com/storage/pricing,
 * https://cloud.google.com/artifact-registry/pricing. By the beginning of the thing's name.
 */
const COSTS: readonly (readonly [things: RegExp, cost: string])[] = [
  [/^service /, 'closed to the public; it costs nothing while nobody calls it'],
  [/^secret /, '6 cents a month'],
  [/^image /, 'about a cent a month'],
  [/^\d+ source archive/, 'less than a cent a month'],
];

/** Adds what is left, what could not be read, and the command that removes it. Unchanged where nothing is left. */
export async function withLeftovers(
  why: Problem,
  settings: CloudRunSettings,
  context: ReleaseContext,
): Promise<Problem> {
  const { things, unread } = await leftBehind(settings, context);
  if (things.length === 0 && unread === undefined) return why;
  const { code, message, hint, details } = why;
  const { project, region, source } = settings;
  const isShared = source.kind === 'folder' && things.some((thing) => /archive|image/.test(thing));
  const shared = `The bucket ${bucketOf(settings)} and the repository ${REPOSITORY} (${region}) serve other services too: they stay.`;
  const what = things.length === 0 ? 'What is left' : 'What else is left';
  const lines = [
    ...(things.length === 0 ? [] : [`Left in ${project}:`, ...things.map((thing) => `  ${thing}`)]),
    ...(isShared ? [shared] : []),
    ...(unread === undefined ? [] : [`${what} in ${project} could not be read: ${unread}`]),
  ];
  const removal = `Remove what is left: ${commandFor('destroy cloudrun', settings)}`;
  return new Problem(code, {
    message: [message, ...lines].join('\n'),
    hint: hint === undefined ? removal : `${hint}\n${removal}`,
    details: {
      ...(typeof details === 'object' ? details : { why: details }),
      left: things,
      ...(unread !== undefined && { leftUnread: unread }),
    },
  });
}

interface Left {
  readonly things: readonly string[];
  /** Why something could not be listed: no answer does not mean "nothing". */
  readonly unread: string | undefined;
}

async function leftBehind(settings: CloudRunSettings, { systems, working, home }: ReleaseContext): Promise<Left> {
  let unread: string | undefined;
  const found = await remains(settings, home, systems, working).catch((error: unknown) => {
    unread = reasonOf(error);
  });
  // The service and its secret are looked up by name, also where a list could not be read.
  const { steps } = found?.things ?? removalPlan(settings, { built: [], ongoing: [] });
  const present = await Promise.all(steps.map((step) => thingIn(step, systems)));
  const things = present.flatMap((answer) => (answer.kind === 'ok' ? [answer.value] : []));
  const reasons = present.flatMap((answer) => (answer.kind === 'failed' ? [firstSentence(answer.reason)] : []));
  return { things, unread: unread ?? found?.unknown?.message ?? reasons[0] };
}

async function thingIn({ action }: Step, { perform }: ReleaseContext['systems']): Promise<Answer<string>> {
  if (action.kind !== 'resource') return absent('nothing of Google');
  const answer = await perform.present(action).catch((error: unknown) => failed(reasonOf(error)));
  if (answer.kind !== 'ok') return answer;
  const cost = COSTS.find(([things]) => things.test(action.thing))?.[1];
  return ok(cost === undefined ? action.thing : `${action.thing} (${cost})`);
}
