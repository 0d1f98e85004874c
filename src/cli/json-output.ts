import type { Problem } from '../problem.ts';
import { printableJson } from '../text/foreign-text.ts';

/** The one document that `--json` prints: `{ok, data}` or `{ok, error}`. */
export const success = (data: unknown): string => jsonText({ ok: true, data }, 2);

export const failure = ({ code, message, hint }: Problem, details: unknown): string =>
  jsonText({ ok: false, error: { code, message, hint: hint ?? null, details: details ?? null } }, 2);

/** @param indent absent: one line, for a result that has no end */
export const jsonText = (data: unknown, indent?: number): string =>
  `${printableJson(JSON.stringify(data, null, indent))}\n`;
