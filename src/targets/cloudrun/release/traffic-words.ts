/** What a failed release says about the traffic. Only Google's answer says where the traffic goes. */
import { Problem } from '../../../problem.ts';
import { type CloudRunPlace, commandFor } from '../place/place.ts';

const AGAIN = 'Fix the problem above, then run the same command again.';

/** The smoke test failed, or could not begin before the time was over. */
export const isUnproven = ({ code }: Problem): boolean => code === 'smoke_failed' || code === 'unproven';

/** The revision that a release or a promotion was about has traffic, although the command failed. */
export function hasTraffic(why: Problem, revision: string, percent: number): Problem {
  const share = percent === 100 ? 'all the traffic' : `${String(percent)} % of the traffic`;
  return new Problem(why.code, {
    message: `${revision} has ${share}. ${why.message}`,
    hint: why.hint ?? AGAIN,
    details: { why: why.details ?? null, revision, percent },
  });
}

/** Google did not say where the traffic goes. */
export function unknownTraffic(why: Problem, reason: string, place: CloudRunPlace): Problem {
  return new Problem(why.code, {
    message: `${why.message}\nWhich revision has the traffic could not be read: ${reason}`,
    hint: [...(why.hint === undefined ? [] : [why.hint]), `Check it: ${commandFor('deploy status', place)}`].join('\n'),
    details: why.details,
  });
}
