/** What takes its time on the platform, and goes on only when a test lets it: a build, a revision, a removal. */
export type Slow = 'build' | 'revision' | 'removal';

export interface Hold {
  /** Resolves when something waits here. */
  readonly reached: Promise<void>;
  readonly release: () => void;
}

export interface Pending {
  readonly hold: (what: Slow) => Hold;
  /** Resolves at once, unless it is held. */
  readonly pass: (what: Slow) => Promise<void>;
  readonly releaseAll: () => void;
}

interface Gate extends Hold {
  readonly arrive: () => void;
  readonly open: Promise<void>;
}

export function createPending(): Pending {
  const gates = new Map<Slow, Gate>();
  return {
    hold: (what) => {
      const arrival = Promise.withResolvers<undefined>();
      const opening = Promise.withResolvers<undefined>();
      const gate: Gate = {
        reached: arrival.promise,
        open: opening.promise,
        arrive: () => {
          arrival.resolve(undefined);
        },
        release: () => {
          if (gates.get(what) === gate) gates.delete(what);
          opening.resolve(undefined);
        },
      };
      gates.set(what, gate);
      return gate;
    },
    pass: async (what) => {
      const gate = gates.get(what);
      gate?.arrive();
      await gate?.open;
    },
    releaseAll: () => {
      for (const gate of gates.values()) gate.release();
    },
  };
}
