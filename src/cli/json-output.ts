import { printableJson } from '../text/foreign-text.ts';
import type { Problem } from '../problem.ts';

/** The one document that `--json` prints: `{ok, data}` or `{ok, error}`. */
export function success(data: unknown): string {
  return documentOf({ ok: true, data });
}

/** @param details what led to the problem, for programs */
export function failure({ code, message, hint }: Problem, details: unknown): string {
  return documentOf({ ok: false, error: { code, message, hint: hint ?? null, details: details ?? null } });
}

function documentOf(value: unknown): string {
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}

/** One line, of a result that has no end. */
export function jsonLine(data: unknown): string {
  return `${printableJson(JSON.stringify(data))}\n`;
}
