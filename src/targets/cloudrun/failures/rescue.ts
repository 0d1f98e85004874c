/** A release that failed: what stays, and the proof that it works. */
import { isInterruption, Problem } from '../../../problem.ts';
import type { Course } from '../release/cloudrun.ts';
import { commandFor } from '../service/commands.ts';
import { explainFailure } from './diagnosis.ts';
import type { Scene } from './failure.ts';
import type { Ground } from '../release/preflight.ts';
import { proofOf, prove } from '../release/proof.ts';
import { withLeftovers } from './leftovers.ts';
import { modeOf, type ReleaseSettings } from '../release/release.ts';
import { candidateOf, servingOf, urlOf, type ServiceJson } from '../service/service.ts';
import { settledState, type ServiceState } from '../service/state.ts';
import { updateTraffic } from '../release/traffic.ts';
import { buildPlace, CANDIDATE, type CloudRunSettings } from '../service/settings.ts';

export interface Wreck {
  readonly settings: ReleaseSettings;
  readonly before: ServiceState | undefined;
  readonly ground: Ground;
  readonly course: Course;
}

/** The Problem to end with. What is no Problem is a bug, and comes back as it is. */
export async function rescue(error: unknown, wreck: Wreck): Promise<unknown> {
  if (!(error instanceof Problem)) return error;
  const { settings, before, ground, course } = wreck;
  if (isUnfinished(error)) return goesOn(error, wreck);
  const isUnproven = error.code === 'smoke_failed' || (error.code === 'timeout' && !isRefused(error));
  if (error.code !== 'system_failed' && !isUnproven && !isRefused(error)) return error;
  const now = await settledState(settings, ground.google, course.working).catch(unknown);
  const revision = now ? failedRevision(before, now.service) : undefined;
  const why = isUnproven ? error : await whyFailed(error, { ...wreck, revision, now: now?.service });
  const isCandidate = isUnproven || revision !== undefined;
  if (modeOf(before) === 'first') return withLeftovers(firstFailed(why, settings), settings, course);
  if (!now || !isCandidate) return why;
  if (revision !== undefined) await dropTag(wreck);
  return rolledBack(why, now, wreck);
}

/** A wait for a fact that did not come says which; what is left is a call that was ended before its end. */
function isUnfinished(problem: Problem): boolean {
  return isInterruption(problem) || (problem.code === 'timeout' && problem.details === undefined);
}

/** A refusal for the moment (a quota) that did not pass: plan/ensure.ts. */
function isRefused({ code, details }: Problem): boolean {
  return code === 'timeout' && typeof details === 'object' && details !== null && 'refused' in details;
}

export function sceneOf(settings: CloudRunSettings, { account, builder, google }: Ground): Scene {
  const { project, region, service, buildRegion, private: isPrivate } = settings;
  return { project, region, service, buildRegion, account, builder, caller: google.caller, private: isPrivate };
}

function whyFailed(
  error: Problem,
  { settings, course, ground, revision, now }: Wreck & { revision: string | undefined; now: ServiceJson | undefined },
): Promise<Problem> {
  const failed = { said: error.message, revision, service: now, lastBuild: ground.lastBuild };
  return explainFailure(failed, sceneOf(settings, ground), course.systems, course.working);
}

/** One that this release made and that never became ready. */
function failedRevision(before: ServiceState | undefined, { status }: ServiceJson): string | undefined {
  const { latestCreatedRevisionName: created, latestReadyRevisionName: ready } = status ?? {};
  const isNew = created !== before?.service.status?.latestCreatedRevisionName;
  return isNew && created !== ready ? created : undefined;
}

/** Google cannot be asked any more: what it said before is what is known. */
function unknown(error: unknown): undefined {
  if (!(error instanceof Problem) || isInterruption(error)) throw error;
}

function firstFailed(why: Problem, { service }: ReleaseSettings): Problem {
  if (why.code !== 'smoke_failed') return why;
  return new Problem('smoke_failed', {
    message: `${why.message}\nThe service ${service} was not opened to the public.`,
    hint: 'Fix what the lines above say and run the same command again.',
    details: why.details,
  });
}

/**
 * With the tag on a revision that cannot run, every later change of the traffic would be called a failure. A candidate
 * of before gets it back: it says that the traffic was not pinned by a person (isPinned).
 */
async function dropTag({ settings, before, course }: Wreck): Promise<void> {
  const last = before && candidateOf(before.service)?.revisionName;
  const flag = last === undefined ? `--remove-tags=${CANDIDATE}` : `--update-tags=${CANDIDATE}=${last}`;
  const call = updateTraffic(settings, flag);
  await course.systems.calls.send(call, course.working.signal);
}

async function rolledBack(why: Problem, now: ServiceState, { settings, course }: Wreck): Promise<Problem> {
  const { service } = now;
  const url = urlOf(service);
  const proof = await prove(proofOf(now, settings.connection), course.systems, course.working);
  const works = proof.kind === 'ok' && proof.value?.passed !== false;
  const old = servingOf(service)[0]?.revisionName ?? 'the old revision';
  return new Problem('rolled_back', {
    message:
      `The new revision gets no traffic. ${why.message}\n` +
      (works
        ? `${old} keeps serving at ${url}: its smoke test passed just now.`
        : `${old} keeps serving at ${url}, but its smoke test fails, too.`),
    hint: why.hint ?? 'Mend what the lines above say, then run the same command again.',
    details: { why: why.details ?? null, serving: old, url, servingPassed: works },
  });
}

/** What was asked for is done whether we wait for it or not. */
function goesOn(error: Problem, { settings }: Wreck): Problem {
  const { project, region, service } = settings;
  const where = `--project=${project} --region=${region}`;
  const builds = `--project=${project} --region=${buildPlace(settings).region}`;
  return new Problem(error.code, {
    message: `${error.message} The server goes on with what it was asked for.`,
    hint:
      `See it: gcloud run services describe ${service} ${where}   and: gcloud builds list ${builds} --ongoing\n` +
      `Stop a build: gcloud builds cancel ID ${builds}   Go on with the same command, or take all away: ` +
      commandFor('destroy cloudrun', settings),
  });
}
