import type { UserId } from '../model/user.ts';

/** Where Redis keeps a user. */
export function userKey(id: UserId): string {
  return `user:${id.toString()}`;
}
