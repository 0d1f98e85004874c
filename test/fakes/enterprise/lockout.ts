/**
 * Wrong passwords lock an account: five within 15 minutes, for 30 minutes; then the right one is refused too.
 * redis.io, "Manage user login": operate/rs/security/access-control/manage-users/login-lockout. What is answered is not
 * documented; here 401 as before. A request without credentials is no attempt.
 */
const THRESHOLD = 5;

export interface Lockout {
  readonly isLocked: (authorization: string | undefined) => boolean;
  readonly refused: (authorization: string | undefined) => void;
}

export function openLockout(): Lockout {
  const attempts = new Map<string, number>();
  const userOf = (authorization: string | undefined): string | undefined => {
    const [, encoded] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
    return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString().split(':')[0];
  };
  return {
    isLocked: (authorization) => (attempts.get(userOf(authorization) ?? '') ?? 0) >= THRESHOLD,
    refused: (authorization) => {
      const user = userOf(authorization);
      if (user !== undefined) attempts.set(user, (attempts.get(user) ?? 0) + 1);
    },
  };
}
