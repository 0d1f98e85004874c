import { fillIn } from '../../../plan/call.ts';
import type { Plan } from '../../../plan/plan.ts';
import { hasCreated } from '../../../plan/results.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { isInterruption, Problem } from '../../../problem.ts';
import type { SmokeReport } from '../../../smoke/smoke.ts';
import { explained } from '../failures/failures.ts';
import { type GoogleApi, openGoogle } from '../google/google-api.ts';
import { identityFor } from '../google/identity.ts';
import { type CloudRunPlace, commandFor } from '../place/place.ts';
import { askService, CANDIDATES } from '../service/reads.ts';
import { isPublic, nothingThere, type ServiceState, settledState } from '../service/state.ts';
import { make, type ReleaseContext } from './context.ts';
import { proofOf, proveOrFail } from './proof.ts';
import { promotionSteps, PROOF_LIMIT_MS, PROVEN_TAG, reportIn } from './release.ts';
import { isUnproven, stateNow, withTraffic } from './traffic-now.ts';
import { tagStep } from './traffic.ts';

interface Promoted {
  readonly url: string;
  readonly revision: string;
  readonly from: string | undefined;
  readonly changed: boolean;
  readonly smoke: SmokeReport | undefined;
}

/** Proves the candidate once more, then gives it all the traffic. Throws a Problem when there is none. */
export async function promote(place: CloudRunPlace, context: ReleaseContext): Promise<Promoted> {
  const { systems, working } = context;
  const google = await openGoogle(systems, working);
  const state = await settledState(place, google, working);
  if (!state) throw nothingThere(place);
  const { url } = state;
  const serving = state.serving[0]?.revisionName;
  const candidate = state.candidate?.revisionName;
  if (candidate === undefined && (state.pinnedTo !== undefined || serving === undefined))
    throw noCandidate(place, serving);
  if (!isPublic(state)) await identityFor(url, systems, working.signal);
  const results = candidate === undefined ? [] : await make(promotionPlan(place, state), context).catch(fail);
  return {
    url,
    revision: candidate ?? serving ?? '',
    from: serving,
    changed: hasCreated(results),
    smoke: reportIn(results),
  };

  async function fail(error: unknown): Promise<never> {
    if (!(error instanceof Problem) || isInterruption(error)) throw error;
    throw await promotionFailure(error, { place, google, working, before: state, candidate: candidate ?? '' });
  }
}

interface Promotion {
  readonly place: CloudRunPlace;
  readonly google: GoogleApi;
  readonly working: WorkContext;
  readonly before: ServiceState | undefined;
  readonly candidate: string;
}

async function promotionFailure(error: Problem, promotion: Promotion): Promise<Problem> {
  const { place, google, working, before, candidate } = promotion;
  const why = explained(error, { ...place, caller: google.caller });
  const now = await stateNow(place, google, working);
  const known = withTraffic(why, { now, before, revision: candidate, place });
  if (known || !isUnproven(why)) return known ?? why;
  return new Problem('rolled_back', {
    message: `${candidate} gets no traffic. ${why.message}`,
    hint: why.hint ?? 'Fix the problem above, then deploy again with --no-promote, as before.',
    details: { why: why.details ?? null, serving: now.state?.serving[0]?.revisionName ?? null },
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
