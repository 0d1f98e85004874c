/** Gives a candidate the traffic that `--no-promote` has kept from it. */
import { fillIn } from '../../../plan/call.ts';
import { ensure } from '../../../plan/ensure.ts';
import type { Plan } from '../../../plan/plan.ts';
import { hasCreated } from '../../../plan/results.ts';
import type { Working } from '../../../plan/wait.ts';
import { isInterruption, Problem } from '../../../problem.ts';
import { explainer } from '../../../script/explain.ts';
import type { SmokeReport } from '../../../smoke/smoke.ts';
import { explained } from '../failures/failures.ts';
import { reasonOf } from '../failures/said.ts';
import { type GoogleApi, openGoogle } from '../google/google-api.ts';
import { identityFor } from '../google/identity.ts';
import { type CloudRunPlace, commandFor } from '../place/place.ts';
import { askService, CANDIDATES } from '../service/reads.ts';
import { type ServiceJson, shareOf, urlOf } from '../service/service.ts';
import { isPublic, nothingThere, type ServiceState, settledState } from '../service/state.ts';
import type { ReleaseContext } from './context.ts';
import { proofOf, proveOrFail } from './proof.ts';
import { promotionSteps, PROOF_LIMIT_MS, PROVEN_TAG, reportIn } from './release.ts';
import { hasTraffic, isUnproven, unknownTraffic } from './traffic-words.ts';
import { tagStep } from './traffic.ts';

interface Promoted {
  readonly url: string;
  readonly revision: string;
  readonly from: string | undefined;
  /** False when the revision had all the traffic already. */
  readonly changed: boolean;
  readonly smoke: SmokeReport | undefined;
}

/** Proves the candidate once more, then gives it all the traffic. Throws a Problem when there is none. */
export async function promote(place: CloudRunPlace, context: ReleaseContext): Promise<Promoted> {
  const { systems, working, explain } = context;
  const google = await openGoogle(systems, working);
  const state = await settledState(place, google, working);
  if (!state) throw nothingThere(place);
  const { service } = state;
  const serving = state.serving[0]?.revisionName;
  const candidate = state.candidate?.revisionName;
  if (candidate === undefined && (state.pinnedTo !== undefined || serving === undefined))
    throw noCandidate(place, serving);
  if (!isPublic(state)) await identityFor(urlOf(service), systems, working.signal);
  const plan = promotionPlan(place, state);
  const results =
    candidate === undefined ? [] : await ensure(plan, systems, working, { explain: explainer(explain) }).catch(fail);
  return {
    url: urlOf(service),
    revision: candidate ?? serving ?? '',
    from: serving,
    changed: hasCreated(results),
    smoke: reportIn(results),
  };

  async function fail(error: unknown): Promise<never> {
    throw await promotionFailure(error, { place, google, working, before: service, candidate: candidate ?? '' });
  }
}

interface Promotion {
  readonly place: CloudRunPlace;
  readonly google: GoogleApi;
  readonly working: Working;
  readonly before: ServiceJson;
  readonly candidate: string;
}

/** Google's answer decides what is said about the traffic, whatever the promotion failed with. */
async function promotionFailure(error: unknown, promotion: Promotion): Promise<unknown> {
  if (!(error instanceof Problem) || isInterruption(error)) return error;
  const { place, google, working, before, candidate } = promotion;
  const why = explained(error, { ...place, caller: google.caller });
  let now: ServiceState | undefined;
  try {
    now = await settledState(place, google, working);
  } catch (unread) {
    return unknownTraffic(why, reasonOf(unread), place);
  }
  if (!now) return why;
  const percent = shareOf(now.service, candidate);
  if (percent > 0)
    return isUnproven(error) || percent > shareOf(before, candidate) ? hasTraffic(why, candidate, percent) : why;
  if (!isUnproven(error)) return why;
  return new Problem('rolled_back', {
    message: `${candidate} gets no traffic. ${why.message}`,
    hint: why.hint ?? 'Fix the problem above, then deploy again with --no-promote, as before.',
    details: { why: why.details ?? null, serving: now.serving[0]?.revisionName ?? null },
  });
}

function promotionPlan(place: CloudRunPlace, state: ServiceState): Plan {
  const proof = proofOf(state);
  return {
    title: `The candidate of ${place.service} gets the traffic`,
    steps: [
      {
        id: 'candidate',
        title: 'find the candidate',
        action: {
          kind: 'lookup',
          thing: 'candidate',
          fact: 'REVISION',
          find: askService(place, `${CANDIDATES} | .revisionName`),
        },
      },
      {
        ...tagStep(place),
        id: PROVEN_TAG,
        ready: {
          what: 'the smoke test at its address',
          limitMs: PROOF_LIMIT_MS,
          late: 'unproven',
          // A script gives the traffic to what the command has deployed, and proven.
          until: { kind: 'all', of: [] },
          look: ({ systems, working, facts }) =>
            proveOrFail({ ...proof, url: fillIn('{{CANDIDATE_URL}}', facts) }, systems, working),
        },
      },
      ...promotionSteps(place, state),
    ],
  };
}

function noCandidate(place: CloudRunPlace, serving: string | undefined): Problem {
  return new Problem('candidate_missing', {
    message: `${place.service} has no candidate; ${serving ?? 'no revision'} has the traffic.`,
    hint: `Deploy one: ${commandFor('deploy cloudrun --no-promote', place)}`,
  });
}
