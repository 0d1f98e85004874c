/**
 * What an outer system says. `absent` is a clear no; `failed` is everything that is neither yes nor no, and must never
 * be taken for one.
 */
export type Answer<T> = Ok<T> | Absent | Failed;

export interface Ok<T> {
  readonly kind: 'ok';
  readonly value: T;
  /** What a person should know although all is well. */
  readonly note?: string;
}

export interface Absent {
  readonly kind: 'absent';
  readonly reason: string;
  /** Of an HTTP answer. */
  readonly status?: number;
  /** Something is there all the same, which is started again or replaced. */
  readonly way?: 'start' | 'replace';
}

export interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
  /** Busy, or not ready yet: the same question may be answered otherwise soon. */
  readonly transient?: boolean;
  /** The system's own code for it. */
  readonly code?: string;
  /** Of an HTTP answer. */
  readonly status?: number;
  /** What to type next. */
  readonly hint?: string;
}

export const ok = <T>(value: T, note?: string): Ok<T> => ({ kind: 'ok', value, ...(note !== undefined && { note }) });
export const absent = (reason: string, more: Omit<Absent, 'kind' | 'reason'> = {}): Absent => ({
  kind: 'absent',
  reason,
  ...more,
});
export const failed = (reason: string, more: Omit<Failed, 'kind' | 'reason'> = {}): Failed => ({
  kind: 'failed',
  reason,
  ...more,
});
