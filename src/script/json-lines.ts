/** JSON with facts and secrets in it, written by jq: no argument holds a secret. */
import { isFact, isSecret, pieces, SPREAD, type Json } from '../plan/call.ts';
import type { Secret } from '../secret.ts';
import { jsonLayout } from './layout.ts';
import { quote } from './shell.ts';

interface JsonProgram {
  /** Needs no input. Without options it is JSON. */
  readonly program: string;
  readonly options: readonly string[];
}

export function jsonLine(value: Json, ...flags: readonly string[]): string {
  const { program, options } = jsonProgram(value);
  return ['jq --null-input', ...flags, ...options, quote(program)].join(' ');
}

/** Facts come from shell variables, and secrets from where they are stored. */
export function jsonProgram(value: Json): JsonProgram {
  const options = new Set<string>();
  const program = jsonLayout(value, (part) => rendered(part as Json, options));
  return { program, options: [...options] };
}

function rendered(value: Json, options: Set<string>): string | undefined {
  if (isFact(value)) {
    options.add(`--argjson ${value.$fact} "$${value.$fact}"`);
    return `$${value.$fact}`;
  }
  if (isSecret(value)) return secretExpression(value.$secret, options);
  if (typeof value === 'string') return textExpression(value, options);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !(SPREAD in value)) return undefined;
  const { [SPREAD]: spread = null, ...own } = value;
  return [spread, own].map((part) => jsonLayout(part, (inner) => rendered(inner as Json, options))).join(' + ');
}

function secretExpression(secret: Secret, options: Set<string>): string {
  if ('variable' in secret) return `env.${secret.variable}`;
  const files = [...options].filter((option) => option.startsWith('--rawfile'));
  const known = files.find((option) => option.endsWith(` ${quote(secret.file)}`));
  const name = known?.split(' ')[1] ?? (files.length === 0 ? 'secret' : `secret${String(files.length + 1)}`);
  options.add(`--rawfile ${name} ${quote(secret.file)}`);
  return `($${name} | sub("[\\r\\n]+\\\\z"; ""))`;
}

function textExpression(text: string, options: Set<string>): string {
  const parts = pieces(text).filter((piece) => !('text' in piece && piece.text === ''));
  if (parts.length === 0) return '""';
  return parts
    .map((piece) => {
      if ('text' in piece) return JSON.stringify(piece.text);
      options.add(`--arg ${piece.fact} "$${piece.fact}"`);
      return `$${piece.fact}`;
    })
    .join(' + ');
}
