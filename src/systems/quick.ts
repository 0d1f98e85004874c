/** Asks the API behind a program, where that is quicker than to start the program. */
import { execa } from 'execa';
import { absent, ok, type Answer } from '../plan/answer.ts';
import type { CommandCall } from '../plan/call.ts';
import type { Http, Reply } from '../plan/systems.ts';

const TIMEOUT_MS = 15_000;

/** Resolves with undefined where only the program itself can tell: then it is started, and says it in its own words. */
export type Quick = (call: CommandCall, signal: AbortSignal) => Promise<Answer<Reply> | undefined>;

export function quickSystem(http: Http): Quick {
  let token: Promise<string | undefined> | undefined;
  return async ({ quick, env }, signal) => {
    if (!quick) return undefined;
    token ??= tokenOf(quick.login, env);
    const bearer = await token;
    if (bearer === undefined) return undefined;
    const headers = { authorization: `Bearer ${bearer}` };
    const answer = await http.send({ method: 'GET', url: quick.url, headers, timeoutMs: TIMEOUT_MS }, signal);
    if (answer.kind !== 'ok') return undefined;
    const { status, text } = answer.value;
    if (status === 404) return absent('status 404');
    return status === 200 ? ok({ status: 0, text: memberOf(text, quick.member) }) : undefined;
  };
}

async function tokenOf(
  [program = '', ...args]: readonly string[],
  env: CommandCall['env'],
): Promise<string | undefined> {
  const { exitCode, stdout } = await execa(program, args, { reject: false, env: env ?? {} });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** A list without an entry is left out of the answer. */
function memberOf(text: string, member: string | undefined): string {
  if (member === undefined) return text;
  return JSON.stringify((JSON.parse(text) as Readonly<Record<string, unknown>>)[member] ?? []);
}
