import type { Invocation } from '../command/invocation.ts';

/** Throws a Problem when the state folder cannot be used, which concerns every stage. */
export function usableHome({ places }: Invocation): string {
  return places.home.folder;
}
