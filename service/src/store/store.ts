import type { User, UserId } from '../model/user.ts';

/** Where users live. Every store behaves alike; the tests of the contract run over each. */
export interface UserStore {
  /** What the log and /health call it. */
  readonly name: string;
  /** Resolves when the store was reached, or found away for now. Rejects when no wait would help. */
  ready(): Promise<void>;
  /** The stored document as JSON text, or null. Rejects with a {@link StoreError}. */
  get(id: UserId): Promise<string | null>;
  /** Stores a whole document; when it resolves the write is acknowledged. Rejects with a {@link StoreError}. */
  put(id: UserId, user: User): Promise<unknown>;
  /** Resolves when users can be read, with the reason if writes are refused. Rejects with a {@link StoreError}. */
  check(): Promise<StoreError | undefined>;
  close(): Promise<void>;
}

/**
 * The store did not do what it was asked to.
 * - `silent`: it does not respond (away, or slower than the limit): 503.
 * - `refused`: it responded with an error that can pass (loading, out of memory, credentials): 503.
 * - `conflict`: the key holds something that is not a JSON document: 409.
 * - `cluster`: it has only a part of the users, and names another server for the rest: 503.
 * - `full`: the document does not fit, and waiting will not help: 507.
 */
export class StoreError extends Error {
  readonly kind: 'silent' | 'refused' | 'conflict' | 'cluster' | 'full';

  /** @param message for the log: it can name hosts and users, so clients never see it */
  constructor(kind: StoreError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
