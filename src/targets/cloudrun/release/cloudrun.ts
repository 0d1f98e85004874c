/** A release from its preflight to its end: proven before it gets traffic, or the old one keeps it. */
import { isPublic } from '../service/state.ts';
import { explainer } from '../../../script/explain.ts';
import type { Home } from '../../../home.ts';
import { ensure } from '../../../plan/ensure.ts';
import type { Results } from '../../../plan/results.ts';
import type { Plan, Preface } from '../../../plan/plan.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { Working } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import type { SmokeReport } from '../../../smoke/smoke.ts';
import type { Client } from '../google/client.ts';
import { enableConsent, enableQuestion, unpinConsent, unpinQuestion } from './consent.ts';
import { apisAreOn, enablePlan } from './enabling.ts';
import { openService } from './opening.ts';
import { readJournal, writeJournal } from '../service/journal.ts';
import { preflight, type Ground } from './preflight.ts';
import { accessPlan, modeOf, releasePlan, reportIn, type ReleaseSettings } from './release.ts';
import { rescue, sceneOf } from '../failures/rescue.ts';
import { candidateOf, isPinned, servingOf, sinceOf, urlOf } from '../service/service.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import { explained } from '../failures/unanswered.ts';
import { readState, settledState, type ServiceState } from '../service/state.ts';
import { droppedBy, variablesNeeded } from './variables.ts';

/** What a release works with. */
export interface Course {
  readonly systems: Systems;
  readonly working: Working;
  readonly home: Home;
  readonly explain: boolean;
  /** Yes to everything was said already: a printed script does not ask either. */
  readonly yes: boolean;
  readonly confirm: (question: string, flag: string) => Promise<boolean>;
}

export interface Released {
  readonly url: string;
  readonly revision: string;
  /** The address of a revision that waits without traffic. */
  readonly candidate: string | undefined;
  /** Calls need an identity token. */
  readonly private: boolean;
  /** Who called Google: for a command that calls the service. */
  readonly client: Client;
  readonly results: Results;
  readonly smoke: SmokeReport | undefined;
}

/** Throws a Problem: `rolled_back` when the new revision is no good and an old one goes on. */
export async function release(settings: CloudRunSettings, course: Course): Promise<Released> {
  const { systems, working, home, explain } = course;
  const ground = await prepare(settings, course);
  const before = await settledState(settings, ground.google, working);
  // What runs has shown that it can be built.
  const notes = modeOf(before) === 'first' ? [...ground.notes, ...ground.doubts] : ground.notes;
  for (const note of notes) working.report.say(note, 'note');
  assertServes(settings, before);
  if (before && settings.promote) await agreeToUnpin(before, course);
  if (before) reportDropped(settings, before, course);
  const wanted: ReleaseSettings = { ...settings, account: ground.account, client: ground.client };
  const since = await firstAttempt(settings, before, course);
  await writeJournal(settings, since, home, systems);
  const released = await ensure(releasePlan(wanted, before, since), systems, working, {
    explain: explainer(explain),
  }).catch(async (error: unknown) => {
    throw await rescue(error, { settings: wanted, before, ground, course });
  });
  const now = await readState(settings, ground.google);
  if (!now) throw new Problem('gone', { message: `The service ${settings.service} has gone meanwhile.` });
  const isToOpen = settings.promote && !isClosedAsMade(settings, before, now);
  const opened = isToOpen ? await openService(settings, now, course, sceneOf(settings, ground)) : [];
  const candidate = settings.promote ? undefined : candidateOf(now.service);
  return {
    url: urlOf(now.service),
    revision: (candidate ?? servingOf(now.service)[0])?.revisionName ?? '',
    candidate: candidate?.url,
    private: settings.promote ? settings.private : !isPublic(now),
    client: ground.client,
    results: [...released, ...opened],
    smoke: reportIn(released),
  };
}

/** A service that this run has made lets nobody in, also where this account may not see who is let in. */
function isClosedAsMade(settings: CloudRunSettings, before: ServiceState | undefined, now: ServiceState): boolean {
  return settings.private && before === undefined && now.openness === 'unknown';
}

/** The same as a plan for a person: what was asked decides which. */
export async function printable(settings: CloudRunSettings, course: Course): Promise<Plan> {
  const ground = await preflight(settings, course.systems, course.working);
  const state = ground.off.length > 0 ? undefined : await settledState(settings, ground.google, course.working);
  assertServes(settings, state);
  const since = await firstAttempt(settings, state, course);
  const { account, client } = ground;
  const main = releasePlan({ ...settings, account, client }, state, since);
  const url = state && modeOf(state) === 'next' ? urlOf(state.service) : '{{SERVICE_URL}}';
  const apis = ground.off.length === 0 ? [] : enablePlan(settings, ground.off).steps;
  const way = state?.openness === 'binding' ? 'binding' : 'unchecked';
  const access = settings.promote ? accessPlan(settings, state, url, way).steps : [];
  return {
    ...main,
    preface: prefaceOf(settings, ground.off, state, course),
    steps: [...apis, ...main.steps, ...access],
  };
}

/** A script asks for what the command has been given, and for the yes that it has got. */
function prefaceOf(
  settings: CloudRunSettings,
  off: readonly string[],
  state: ServiceState | undefined,
  { yes }: Course,
): readonly Preface[] {
  const isOn = off.length === 0 ? [] : [apisAreOn(settings, off)];
  return [
    ...variablesNeeded(settings.variables),
    ...(yes ? [] : isOn.map((question) => enableConsent(off, settings, question))),
    ...(state && settings.promote && !yes ? [unpinConsent(settings)] : []),
  ];
}

/** In seconds. One that failed left archives and images, and no service that says so: the journal does. */
async function firstAttempt(
  settings: CloudRunSettings,
  before: ServiceState | undefined,
  { home, systems }: Course,
): Promise<number> {
  const written = await readJournal(settings, home, systems);
  const since = before ? sinceOf(before.service) : Math.floor(Date.now() / 1000);
  return Math.min(written ?? since, since);
}

/** Preflight, and the APIs on. */
async function prepare(settings: CloudRunSettings, course: Course, enabled: readonly string[] = []): Promise<Ground> {
  const { systems, working, explain, confirm } = course;
  const ground = await preflight(settings, systems, working, enabled);
  if (ground.off.length > 0) {
    if (ground.off.includes('run.googleapis.com')) assertServes(settings, undefined);
    const yes = await confirm(enableQuestion(ground.off, settings), '--yes');
    if (!yes) throw new Problem('declined', { message: 'Nothing was made.' });
    await ensure(enablePlan(settings, ground.off), systems, working, { explain: explainer(explain) }).catch(
      (error: unknown) => {
        throw explained(error, sceneOf(settings, ground));
      },
    );
    return prepare(settings, course, [...enabled, ...ground.off]);
  }
  return ground;
}

/** Throws a Problem where nothing serves that could keep the traffic: Google refuses that too, after the build. */
function assertServes({ promote, service }: CloudRunSettings, state: ServiceState | undefined): void {
  if (promote || modeOf(state) === 'next') return;
  throw new Problem('bad_usage', {
    message: `${service} is not deployed yet, so there is no revision that could keep the traffic.`,
    hint: 'Leave out --no-promote for the first deployment. It is closed until it is proven; --private keeps it closed.',
  });
}

/** A deployment is all that is said of it: what is left out goes, and nobody is to find that out later. */
function reportDropped({ variables }: CloudRunSettings, { service }: ServiceState, { working }: Course): void {
  const dropped = droppedBy(variables, service);
  if (dropped.length === 0) return;
  working.report.say(
    `these variables of the service were not given and will be removed: ${dropped.join(', ')} (keep one with --set-env or --env-vars-file)`,
    'note',
  );
}

/** Somebody has chosen where the traffic goes. */
async function agreeToUnpin({ service }: ServiceState, { confirm }: Course): Promise<void> {
  if (!isPinned(service)) return;
  const targets = servingOf(service).map(({ revisionName, percent }) => `${revisionName ?? ''} (${String(percent)} %)`);
  if (await confirm(unpinQuestion(targets.join(' and ')), '--yes')) return;
  throw new Problem('declined', { message: 'Nothing was changed: the traffic stays where it is.' });
}
