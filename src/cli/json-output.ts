import type { Problem } from '../problem.ts';

/** The one document that `--json` prints: `{ok, data}` or `{ok, error}`. */
export function success(data: unknown): string {
  return `${JSON.stringify({ ok: true, data }, null, 2)}\n`;
}

/** @param details what led to the problem, for programs */
export function failure({ code, message, hint }: Problem, details: unknown): string {
  return `${JSON.stringify({ ok: false, error: { code, message, hint: hint ?? null, details: details ?? null } }, null, 2)}\n`;
}
