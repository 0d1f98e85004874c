/** What a failed release or promotion says about the traffic. Only Google's answer says where the traffic goes. */
import type { WorkContext } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { reasonOf } from '../failures/said.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { commandFor, type CloudRunPlace } from '../place/place.ts';
import { shareOf } from '../service/service.ts';
import { settledState, type ServiceState } from '../service/state.ts';

interface Now {
  readonly state?: ServiceState | undefined;
  /** Why Google did not say: what it said before is what is known. */
  readonly unread?: string;
}

export async function stateNow(place: CloudRunPlace, google: GoogleApi, working: WorkContext): Promise<Now> {
  try {
    return { state: await settledState(place, google, working) };
  } catch (error) {
    return { unread: reasonOf(error) };
  }
}

/** The smoke test failed, or could not begin before the time was over. */
export const isUnproven = ({ code }: Problem): boolean => code === 'smoke_failed' || code === 'unproven';

interface Traffic {
  readonly place: CloudRunPlace;
  readonly before: ServiceState | undefined;
  readonly now: Now;
  readonly revision: string;
}

/** The Problem to end with; undefined where the revision has no traffic. */
export function withTraffic(why: Problem, { place, before, now, revision }: Traffic): Problem | undefined {
  const { code, message, hint, details } = why;
  const { state, unread } = now;
  if (unread !== undefined) {
    return new Problem(code, {
      message: `${message}\nWhich revision has the traffic could not be read: ${unread}`,
      hint: [...(hint === undefined ? [] : [hint]), `Check it: ${commandFor('deploy status', place)}`].join('\n'),
      details,
    });
  }
  if (!state) return why;
  const percent = shareOf(state.service, revision);
  if (percent === 0) return undefined;
  if (!isUnproven(why) && percent <= (before ? shareOf(before.service, revision) : 0)) return why;
  const share = percent === 100 ? 'all the traffic' : `${String(percent)} % of the traffic`;
  return new Problem(code, {
    message: `${revision} has ${share}. ${message}`,
    hint: hint ?? 'Fix the problem above, then run the same command again.',
    details: { why: details ?? null, revision, percent },
  });
}
