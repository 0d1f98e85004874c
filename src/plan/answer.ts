/** `absent` is a clear no; `failed` is neither yes nor no, and must never be taken for either. */
export type Answer<T> = Ok<T> | Absent | Failed;

export interface Ok<T> {
  readonly kind: 'ok';
  readonly value: T;
  readonly note?: string;
}

export interface Absent {
  readonly kind: 'absent';
  readonly reason: string;
  /** Of an HTTP answer. */
  readonly status?: number;
  /** Something is there anyway: start it again, or replace it. */
  readonly way?: 'start' | 'replace';
}

export interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
  /** Busy, or not ready yet: the answer may differ soon. */
  readonly transient?: boolean;
  readonly code?: string;
  /** Of an HTTP answer. */
  readonly status?: number;
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
