/** A release that failed: what the failure means, which revision has the traffic, and the proof that it works. */
import { isInterruption, Problem } from '../../../problem.ts';
import { callLine } from '../../../script/call-lines.ts';
import type { FailureContext } from '../failures/failure.ts';
import { UNEXPLAINED } from '../failures/failures.ts';
import { firstSentence, reasonOf } from '../failures/said.ts';
import { buildPlace, commandFor } from '../place/place.ts';
import type { Preflight } from '../preflight/preflight.ts';
import type { ServiceJson } from '../service/service.ts';
import { CANDIDATE, type CloudRunSettings } from '../service/settings.ts';
import type { ServiceState } from '../service/state.ts';
import type { ReleaseContext } from './context.ts';
import { explainFailure } from './diagnosis.ts';
import { withLeftovers } from './leftovers.ts';
import { proofOf, prove } from './proof.ts';
import { modeOf, type ReleaseSettings } from './release.ts';
import { isUnproven, stateNow, withTraffic } from './traffic-now.ts';
import { updateTraffic } from './traffic.ts';

interface FailedRelease {
  readonly settings: ReleaseSettings;
  readonly before: ServiceState | undefined;
  readonly checked: Preflight;
  readonly context: ReleaseContext;
}

/** The Problem to end with. Any error that is not a Problem is a bug and is returned unchanged. */
export async function rescue(error: unknown, release: FailedRelease): Promise<unknown> {
  if (!(error instanceof Problem)) return error;
  if (isInterruption(error)) return goesOn(error, release);
  if (modeOf(release.before) === 'next') return nextFailed(error, release);
  return withLeftovers(await firstFailed(error, release), release.settings, release.context);
}

export function failureContext(settings: CloudRunSettings, { account, builder, google }: Preflight): FailureContext {
  const { project, region, service, buildRegion, private: isPrivate } = settings;
  return { project, region, service, buildRegion, account, builder, caller: google.caller, private: isPrivate };
}

async function firstFailed(error: Problem, release: FailedRelease): Promise<Problem> {
  const { settings } = release;
  if (error.code === 'unfinished') return goesOn(error, release);
  if (error.code === 'smoke_failed') {
    return new Problem(error.code, {
      message: `${error.message}\nThe service ${settings.service} was not opened to the public.`,
      hint: 'Fix the problem above, then run the same command again.',
      details: error.details,
    });
  }
  if (!UNEXPLAINED.has(error.code)) return error;
  const { state } = await stateNow(settings, release.checked.google, release.context.working);
  return whyFailed(error, release, state?.service);
}

/** Google's answer decides what is said about the traffic, whatever the release failed with. */
async function nextFailed(error: Problem, release: FailedRelease): Promise<Problem> {
  const { settings, before, checked, context } = release;
  if (error.code === 'unfinished') return goesOn(error, release);
  if (!isUnproven(error) && !UNEXPLAINED.has(error.code)) return error;
  const now = await stateNow(settings, checked.google, context.working);
  const { state } = now;
  const why = isUnproven(error) ? error : await whyFailed(error, release, state?.service);
  const revision = state?.service.status?.latestCreatedRevisionName ?? '';
  const known = withTraffic(why, { place: settings, before, now, revision });
  if (known || !state) return known ?? why;
  const isUnready = failedRevision(before, state.service) !== undefined;
  if (!isUnproven(why) && !isUnready) return why;
  if (isUnready) await dropTag(release, revision);
  return rolledBack(why, state, release);
}

function whyFailed(
  error: Problem,
  { settings, before, checked }: FailedRelease,
  service: ServiceJson | undefined,
): Promise<Problem> {
  const revision = service && failedRevision(before, service);
  // A timeout is not Google's answer: where no rule explains it, it stays what it is.
  const otherwise = error.code === 'system_failed' ? {} : { otherwise: error };
  const failed = { said: error.message, revision, service, lastBuild: checked.lastBuild, ...otherwise };
  return explainFailure(failed, failureContext(settings, checked), checked.google);
}

function failedRevision(before: ServiceState | undefined, { status }: ServiceJson): string | undefined {
  const { latestCreatedRevisionName: created, latestReadyRevisionName: ready } = status ?? {};
  const isNew = created !== before?.service.status?.latestCreatedRevisionName;
  return isNew && created !== ready ? created : undefined;
}

/**
 * With the tag on a revision that cannot run, every later change of the traffic would be called a failure. A candidate
 * of before gets it back: it says that the traffic was not pinned by a person (PINNED_TO).
 */
async function dropTag({ settings, before, context }: FailedRelease, revision: string): Promise<void> {
  const { systems, working } = context;
  const last = before?.candidate?.revisionName;
  const flag = last === undefined ? `--remove-tags=${CANDIDATE}` : `--update-tags=${CANDIDATE}=${last}`;
  const call = updateTraffic(settings, flag);
  const reason = await systems.calls
    .send(call, working.signal)
    .then((answer) => (answer.kind === 'ok' ? undefined : firstSentence(answer.reason)), reasonOf);
  if (reason === undefined) return;
  working.report.say(
    `${revision} may still have the tag ${CANDIDATE} (${reason}). To remove the tag: ${callLine(call)}`,
    'note',
  );
}

async function rolledBack(why: Problem, now: ServiceState, release: FailedRelease): Promise<Problem> {
  const { url } = now;
  const { passed, words } = await test(now, release);
  const old = now.serving[0]?.revisionName ?? 'the old revision';
  return new Problem('rolled_back', {
    message: `The new revision gets no traffic. ${why.message}\n${old} keeps serving at ${url}${words}`,
    hint: why.hint ?? 'Fix the problem above, then run the same command again.',
    details: { why: why.details ?? null, serving: old, url, servingPassed: passed },
  });
}

interface Tested {
  /** null where nobody could test it. */
  readonly passed: boolean | null;
  readonly words: string;
}

/** Tests the revision that serves. A test that could not run says nothing about it. */
async function test(now: ServiceState, { settings, context }: FailedRelease): Promise<Tested> {
  const untested = (reason: string): Tested => ({
    passed: null,
    words: `, but it could not be tested: ${reason.replace(/\.?$/, '.')}`,
  });
  try {
    const proof = await prove(proofOf(now, settings.connection), context.systems, context.working);
    if (proof.kind !== 'ok') return untested(firstSentence(proof.reason));
    if (!proof.value) return untested('its ingress keeps this machine out');
    return proof.value.passed
      ? { passed: true, words: ': its smoke test passed just now.' }
      : { passed: false, words: ', but its smoke test fails, too.' };
  } catch (error) {
    return untested(reasonOf(error));
  }
}

/** Google finishes what it was asked for, whether redisdemo waits or not. */
function goesOn(error: Problem, { settings, before }: FailedRelease): Problem {
  const { project, region, service } = settings;
  const where = `--project=${project} --region=${region}`;
  const builds = `--project=${project} --region=${buildPlace(settings).region}`;
  // The list of leftovers has the same command.
  const isListed = modeOf(before) === 'first' && !isInterruption(error);
  const orRemove = isListed ? '' : `, or take all away: ${commandFor('destroy cloudrun', settings)}`;
  return new Problem(error.code, {
    message: `${error.message} Google Cloud may still finish the deployment.`,
    hint:
      `See it: gcloud run services describe ${service} ${where}   and: gcloud builds list ${builds} --ongoing\n` +
      `Stop a build: gcloud builds cancel ID ${builds}   Go on with the same command${orRemove}`,
  });
}
