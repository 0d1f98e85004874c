/** Faults that a test scripts for requests that match: refused, held, or done while the answer is lost. */
import type { Call, Reply, Refusal } from './exchange.ts';

export interface Fault {
  /** Against `POST secretmanager.googleapis.com/v1/…`, without the query. */
  readonly on: RegExp;
  /** How many requests; all of them without it. */
  readonly times?: number;
  /** `hold`: answered after release(); `lose`: done, and then the connection breaks. */
  readonly act: Refusal | Reply | 'hold' | 'lose';
}

export interface Scripted {
  /** Resolves when the first matching request has arrived. */
  readonly arrived: Promise<void>;
  /** Requests that matched so far. */
  readonly count: () => number;
  /** Lets held requests go on, and takes the fault away. */
  readonly release: () => void;
}

export interface Script {
  readonly inject: (fault: Fault) => Scripted;
  /** What is to happen with this call; held calls have been waited for. */
  readonly consult: (call: Call) => Promise<Refusal | Reply | 'lose' | undefined>;
  readonly releaseAll: () => void;
}

interface Active {
  readonly fault: Fault;
  readonly arrive: () => void;
  readonly released: Promise<void>;
  readonly release: () => void;
  count: number;
}

export function createScript(): Script {
  const active = new Set<Active>();
  return {
    inject: (fault) => {
      const arrival = Promise.withResolvers<undefined>();
      const opening = Promise.withResolvers<undefined>();
      const one: Active = {
        fault,
        arrive: () => {
          arrival.resolve(undefined);
        },
        released: opening.promise,
        release: () => {
          active.delete(one);
          opening.resolve(undefined);
        },
        count: 0,
      };
      active.add(one);
      return { arrived: arrival.promise, count: () => one.count, release: one.release };
    },
    consult: async ({ method, host, path }) => {
      for (const one of active) {
        const { on, times = Infinity, act } = one.fault;
        if (!on.test(`${method} ${host}${path}`) || one.count >= times) continue;
        one.count += 1;
        one.arrive();
        if (act !== 'hold') return act;
        await one.released;
      }
      return undefined;
    },
    releaseAll: () => {
      for (const one of active) one.release();
    },
  };
}
