import type { Invocation } from '../command/invocation.ts';

/** Throws the Problem of a state folder that cannot be used, which is one of every stage. */
export function usableHome({ places }: Invocation): string {
  return places.home.folder;
}
