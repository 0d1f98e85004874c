import type { Connection } from '../connection.ts';
import { absent, ok, type Answer } from '../plan/answer.ts';
import type { Systems } from '../plan/systems.ts';
import { waitFor, type WorkContext } from '../plan/wait.ts';
import { Problem } from '../problem.ts';

const SEARCH_LIMIT_MS = 10_000;

/** Writes, indexes and finds a document. Resolves with a warning when Search is missing; a missing JSON module is a Problem. */
export async function proveModules(
  connection: Connection,
  systems: Systems,
  working: WorkContext,
): Promise<string | undefined> {
  const name = `redisdemo:probe:${crypto.randomUUID()}`;
  const call = (...command: string[]) => systems.redis.call(connection, command);
  const stored = await call('JSON.SET', `${name}:1`, '$', '{"word":"found"}');
  if (stored.kind !== 'ok') throw moduleProblem(stored.reason);
  try {
    const index = await call(
      'FT.CREATE',
      name,
      'ON',
      'JSON',
      'PREFIX',
      '1',
      `${name}:`,
      'SCHEMA',
      '$.word',
      'AS',
      'word',
      'TEXT',
    );
    if (index.kind !== 'ok')
      return `Search is missing: the service works, the tutorial's queries do not (${index.reason})`;
    // Existing documents are indexed in the background.
    const ask = async (): Promise<Answer<unknown>> => {
      const found = await call('FT.SEARCH', name, 'found');
      const count = found.kind === 'ok' && Array.isArray(found.value) ? Number(found.value[0]) : 0;
      return count === 1 ? ok(undefined) : absent(found.kind === 'ok' ? 'not indexed yet' : found.reason);
    };
    await waitFor({ what: 'JSON and Search to answer', limitMs: SEARCH_LIMIT_MS, ask }, working);
    return undefined;
  } finally {
    await call('FT.DROPINDEX', name);
    await call('DEL', `${name}:1`);
  }
}

export const isUnknownCommand = (reason: string): boolean => /unknown command/i.test(reason);

/** @param reason the reply to JSON.SET */
export function moduleProblem(reason: string): Problem {
  if (!isUnknownCommand(reason)) return new Problem('system_failed', { message: `JSON.SET: ${reason}` });
  return new Problem('json_module_missing', {
    message: `This Redis has no JSON module: ${reason}`,
    hint: 'Take an image that has it: redisdemo stack down && redisdemo stack up --image redis:8',
  });
}
