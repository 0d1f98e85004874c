/**
 * Limits logins: a new cluster can refuse the right password for some seconds, and five wrong ones lock the account.
 * https://redis.io/docs/latest/operate/rs/security/access-control/manage-users/login-lockout/
 */
import { failed, type Answer } from '../../../plan/answer.ts';
import type { Api } from '../../../plan/call.ts';
import { Problem } from '../../../problem.ts';

export type LoginAttempts = ReturnType<typeof loginAttempts>;

/** The pause after each refusal by a new cluster. */
const PAUSES_MS = [1000, 5000];
/** Not `absent`: that would start the bootstrap again. */
export const USERS_UNKNOWN = failed('it does not know its users yet', { transient: true });

/** @param own a cluster in redisdemo's containers: an earlier run can have started its bootstrap */
export function loginAttempts({ url, user }: Api, own: boolean) {
  let [canBeNew, refusals, pausedUntil] = [own, 0, 0];
  return {
    /** Call when the cluster was seen before the end of its bootstrap. */
    expectNewCluster: (): void => {
      canBeNew = true;
    },
    isPaused: (): boolean => performance.now() < pausedUntil,
    /** Call when a login was refused. Throws a Problem when no attempt is left. */
    refused: (): Answer<never> => {
      // A cluster that was there before gets one attempt only.
      const pause = canBeNew ? PAUSES_MS[refusals] : undefined;
      if (pause === undefined) {
        throw new Problem('password_differs', {
          message: `${url} is already a cluster, and it does not accept ${user} with this password.`,
          hint: own
            ? 'Its password is lost. Delete the cluster and its data, and start over: redisdemo enterprise down'
            : 'Give the administrator of that cluster: --username and --password-file. Five wrong passwords lock an account.',
        });
      }
      refusals += 1;
      pausedUntil = performance.now() + pause;
      return USERS_UNKNOWN;
    },
  };
}
