/** Gives a candidate the traffic that `--no-promote` has kept from it. */
import { ensure } from '../../plan/ensure.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Working } from '../../plan/wait.ts';
import { isInterruption, Problem } from '../../problem.ts';
import type { SmokeReport } from '../../smoke/smoke.ts';
import type { Course } from './cloudrun.ts';
import { commandFor } from './commands.ts';
import { openGoogle, type GoogleApi } from './google-api.ts';
import { addressOf } from './access.ts';
import { identityFor } from './identity.ts';
import { proofOf, proveOrFail } from './proof.ts';
import { promotionSteps, PROOF_LIMIT_MS } from './release.ts';
import { reasonOf } from './said.ts';
import { askService, candidateOf, isPinned, servingOf, shareOf, urlOf } from './service.ts';
import type { ServiceJson } from './service-shape.ts';
import { CANDIDATE, type CloudRunPlace } from './settings.ts';
import { isPublic, nothingThere, settledState, type ServiceState } from './state.ts';
import { tagStep } from './traffic.ts';
import { hasTraffic, isUnproven, unknownTraffic } from './traffic-words.ts';
import { explained } from './unanswered.ts';

export interface Promoted {
  readonly url: string;
  readonly revision: string;
  readonly from: string | undefined;
  /** False when the revision had all the traffic already. */
  readonly changed: boolean;
  readonly smoke: SmokeReport | undefined;
}

/** Proves the candidate once more, then gives it all the traffic. Throws a Problem when there is none. */
export async function promote(place: CloudRunPlace, course: Course): Promise<Promoted> {
  const { systems, working, explain } = course;
  const google = await openGoogle(systems, working);
  const state = await settledState(place, google, working);
  if (!state) throw nothingThere(place);
  const { service } = state;
  const serving = servingOf(service)[0]?.revisionName;
  const candidate = candidateOf(service)?.revisionName;
  if (candidate === undefined && (isPinned(service) || serving === undefined)) throw noCandidate(place, serving);
  if (!isPublic(state)) await identityFor(urlOf(service), systems, working.signal);
  let smoke: SmokeReport | undefined;
  const plan = promotionPlan(place, state, (report) => {
    smoke = report;
  });
  const created = candidate === undefined ? [] : await ensure(plan, systems, working, { explain }).catch(fail);
  return {
    url: urlOf(service),
    revision: candidate ?? serving ?? '',
    from: serving,
    changed: created.length > 0,
    smoke,
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
    details: { why: why.details ?? null, serving: servingOf(now.service)[0]?.revisionName ?? null },
  });
}

function promotionPlan(place: CloudRunPlace, state: ServiceState, onReport: (report: SmokeReport) => void): Plan {
  const tagged = `.status.traffic[]? | select(.tag == "${CANDIDATE}") | .revisionName`;
  const proof = proofOf(state);
  return {
    title: `The candidate of ${place.service} gets the traffic`,
    steps: [
      {
        title: 'find the candidate',
        action: { kind: 'resource', thing: 'candidate', fact: 'REVISION', find: askService(place, tagged) },
      },
      {
        ...tagStep(place),
        ready: {
          what: 'the smoke test at its address',
          limitMs: PROOF_LIMIT_MS,
          late: 'unproven',
          ask: async (systems, working, facts) => {
            const where = { ...proof, url: addressOf('{{CANDIDATE_URL}}', facts) };
            const answer = await proveOrFail(where, systems, working);
            if (answer.kind === 'ok' && answer.value) onReport(answer.value);
            return answer;
          },
          shell: 'true',
        },
      },
      ...promotionSteps(place, state),
    ],
  };
}

function noCandidate(place: CloudRunPlace, serving: string | undefined): Problem {
  return new Problem('not_running', {
    message: `${place.service} has no candidate; ${serving ?? 'no revision'} has the traffic.`,
    hint: `Deploy one: ${commandFor('deploy cloudrun --no-promote', place)}`,
  });
}
