import type { User, UserId } from './model.ts';

/** Where users live. Every store behaves alike; the tests of the contract run over each. */
export interface UserStore {
  /** What the log and /health call it. */
  readonly name: string;
  /** The stored document as JSON text, or null. Throws {@link StoreError}. */
  get(id: UserId): Promise<string | null>;
  /** Stores a whole document; when it resolves the write is acknowledged. Throws {@link StoreError}. */
  put(id: UserId, user: User): Promise<void>;
  /** Resolves when the store answers and has what the service needs. Throws {@link StoreError}. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The store did not do what was asked.
 * - `unavailable`: it may soon (away, loading, out of memory, refusing our credentials): 503.
 * - `conflict`: the key holds something that is not a JSON document: 409.
 * - `full`: there is no room for this document, and waiting will not help: 507.
 */
export class StoreError extends Error {
  readonly kind: 'unavailable' | 'conflict' | 'full';

  constructor(kind: StoreError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
