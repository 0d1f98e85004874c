/** A release from its preflight to its end: proven before it gets traffic, or the old one keeps it. */
import type { Plan, Preface } from '../../../plan/plan.ts';
import type { Results } from '../../../plan/results.ts';
import { Problem } from '../../../problem.ts';
import type { SmokeReport } from '../../../smoke/smoke.ts';
import { explained } from '../failures/failures.ts';
import type { Client } from '../google/client.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { apisAreOn, enablePlan } from '../preflight/enabling.ts';
import { preflight, type Preflight } from '../preflight/preflight.ts';
import { readJournal, writeJournal } from '../service/journal.ts';
import { askService, PINNED_TO } from '../service/reads.ts';
import { sinceOf } from '../service/service.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import { isPublic, readState, settledState, type ServiceState } from '../service/state.ts';
import { make, type ReleaseContext } from './context.ts';
import { openService } from './opening.ts';
import { accessPlan, modeOf, releasePlan, reportIn, type ReleaseSettings } from './release.ts';
import { failureContext, rescue } from './rescue.ts';
import { droppedBy, variablesNeeded } from './variables.ts';

export interface Released {
  readonly url: string;
  readonly revision: string;
  /** The address of a revision that waits without traffic. */
  readonly candidate: string | undefined;
  readonly private: boolean;
  readonly client: Client;
  readonly results: Results;
  readonly smoke: SmokeReport | undefined;
}

/** Throws a Problem: `rolled_back` when the new revision failed and an old one keeps serving. */
export async function release(settings: CloudRunSettings, context: ReleaseContext): Promise<Released> {
  const { systems, working, home } = context;
  const checked = await prepare(settings, context);
  const before = await settledState(settings, checked.google, working);
  // A service that runs has been built before.
  const notes = modeOf(before) === 'first' ? [...checked.notes, ...checked.doubts] : checked.notes;
  for (const note of notes) working.report.say(note, 'note');
  assertServes(settings, before);
  if (before && settings.promote) await agreeToUnpin(before, context);
  if (before) reportDropped(settings, before, context);
  const wanted: ReleaseSettings = { ...settings, account: checked.account, client: checked.client };
  const since = await firstAttempt(settings, before, context);
  await writeJournal(settings, since, home, systems);
  const released = await make(releasePlan(wanted, before, since), context).catch(async (error: unknown) => {
    throw await rescue(error, { settings: wanted, before, checked, context });
  });
  const now = await readState(settings, checked.google);
  if (!now) throw new Problem('gone', { message: `The service ${settings.service} has gone meanwhile.` });
  const isToOpen = settings.promote && !isClosedAsMade(settings, before, now);
  const opened = isToOpen ? await openService(settings, now, context, failureContext(settings, checked)) : [];
  const candidate = settings.promote ? undefined : now.candidate;
  return {
    url: now.url,
    revision: (candidate ?? now.serving[0])?.revisionName ?? '',
    candidate: candidate?.url,
    private: settings.promote ? settings.private : !isPublic(now),
    client: checked.client,
    results: [...released, ...opened],
    smoke: reportIn(released),
  };
}

/** A service created by this run lets nobody in, also where this account cannot see who is let in. */
function isClosedAsMade(settings: CloudRunSettings, before: ServiceState | undefined, now: ServiceState): boolean {
  return settings.private && before === undefined && now.openness === 'unknown';
}

export async function printable(settings: CloudRunSettings, context: ReleaseContext): Promise<Plan> {
  const checked = await preflight(settings, context.systems, context.working);
  const state = checked.off.length > 0 ? undefined : await settledState(settings, checked.google, context.working);
  assertServes(settings, state);
  const since = await firstAttempt(settings, state, context);
  const { account, client } = checked;
  const main = releasePlan({ ...settings, account, client }, state, since);
  const url = state && modeOf(state) === 'next' ? state.url : '{{SERVICE_URL}}';
  const apis = checked.off.length === 0 ? [] : enablePlan(settings, checked.off).steps;
  const way = state?.openness === 'binding' ? 'binding' : 'unchecked';
  const access = settings.promote ? accessPlan(settings, state, url, way).steps : [];
  return {
    ...main,
    preface: prefaceOf(settings, checked.off, state, context),
    steps: [...apis, ...main.steps, ...access],
  };
}

/** A script asks for the values of variables, and for each consent that was not given with --yes. */
function prefaceOf(
  settings: CloudRunSettings,
  off: readonly string[],
  state: ServiceState | undefined,
  { yes }: ReleaseContext,
): readonly Preface[] {
  const needed = variablesNeeded(settings.variables);
  if (yes) return needed;
  const enable = { when: 'missing', of: apisAreOn(settings, off), words: enableQuestion(off, settings) } as const;
  const pinned = askService(settings, PINNED_TO);
  const unpin = { when: 'selected', of: pinned, words: unpinQuestion('{{FOUND}}') } as const;
  const consents = [...(off.length > 0 ? [enable] : []), ...(state && settings.promote ? [unpin] : [])];
  return [...needed, ...consents.map((consent) => ({ kind: 'consent' as const, ...consent }))];
}

/** In seconds, from the journal: a first deployment that failed left archives and images, and no service with a date. */
async function firstAttempt(
  settings: CloudRunSettings,
  before: ServiceState | undefined,
  { home, systems }: ReleaseContext,
): Promise<number> {
  const written = await readJournal(settings, home, systems);
  const since = before ? sinceOf(before.service) : Math.floor(Date.now() / 1000);
  return Math.min(written ?? since, since);
}

async function prepare(
  settings: CloudRunSettings,
  context: ReleaseContext,
  enabled: readonly string[] = [],
): Promise<Preflight> {
  const { systems, working, confirm } = context;
  const checked = await preflight(settings, systems, working, enabled);
  const { off } = checked;
  if (off.length === 0) return checked;
  if (off.includes('run.googleapis.com')) assertServes(settings, undefined);
  if (!(await confirm(enableQuestion(off, settings), '--yes')))
    throw new Problem('declined', { message: 'Nothing was made.' });
  await make(enablePlan(settings, off), context).catch((error: unknown) => {
    throw explained(error, failureContext(settings, checked));
  });
  return prepare(settings, context, [...enabled, ...off]);
}

/** Throws a Problem where nothing serves that could keep the traffic: Google refuses that too, after the build. */
function assertServes({ promote, service }: CloudRunSettings, state: ServiceState | undefined): void {
  if (promote || modeOf(state) === 'next') return;
  throw new Problem('bad_usage', {
    message: `${service} is not deployed yet, so there is no revision that could keep the traffic.`,
    hint: 'Leave out --no-promote for the first deployment. It is closed until it is proven; --private keeps it closed.',
  });
}

/** Variables that are not given again are removed: reported before it happens. */
function reportDropped({ variables }: CloudRunSettings, { service }: ServiceState, { working }: ReleaseContext): void {
  const dropped = droppedBy(variables, service);
  if (dropped.length === 0) return;
  working.report.say(
    `these variables of the service were not given and will be removed: ${dropped.join(', ')} (keep one with --set-env or --env-vars-file)`,
    'note',
  );
}

async function agreeToUnpin({ pinnedTo }: ServiceState, { confirm }: ReleaseContext): Promise<void> {
  if (pinnedTo === undefined || (await confirm(unpinQuestion(pinnedTo), '--yes'))) return;
  throw new Problem('declined', { message: 'Nothing was changed: the traffic stays where it is.' });
}

function unpinQuestion(targets: string): string {
  return `Traffic is pinned by hand, or by a rollback, to ${targets}. Move it to the new revision when that is proven?`;
}

function enableQuestion(off: readonly string[], { project }: Pick<CloudRunPlace, 'project'>): string {
  return `Turn on ${off.join(', ')} in ${project}? What uses them is billed.`;
}
