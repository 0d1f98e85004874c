/** The state of a cluster on one node, and who is told when it changes. */
import type { ClusterState } from './state.ts';

export interface Store {
  readonly get: () => ClusterState;
  /** The change becomes one more version. */
  readonly update: (change: (state: ClusterState) => ClusterState) => void;
  /** Another node's, if it is newer. Returns whether it was. */
  readonly adopt: (state: ClusterState) => boolean;
}

export function openStore(initial: ClusterState, onChange: (state: ClusterState) => void): Store {
  let state = initial;
  const set = (next: ClusterState): void => {
    state = next;
    onChange(state);
  };
  set(initial);
  return {
    get: () => state,
    update: (change) => {
      set({ ...change(state), version: state.version + 1 });
    },
    adopt: (other) => {
      if (other.version <= state.version) return false;
      set(other);
      return true;
    },
  };
}
