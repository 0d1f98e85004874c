/** Asks the API behind a program, where that is quicker than to start the program. */
import { absent, ok, type Answer } from '../plan/answer.ts';
import type { CommandCall } from '../plan/call.ts';
import type { Calls, Http, Reply } from '../plan/systems.ts';

const TIMEOUT_MS = 15_000;

/** Resolves with undefined where only the program itself can tell: then it is started, and says it in its own words. */
export type Quick = (call: CommandCall, signal: AbortSignal) => Promise<Answer<Reply> | undefined>;

export function quickSystem(http: Http, run: Calls['send']): Quick {
  return async ({ quick }, signal) => {
    if (!quick) return undefined;
    const token = await run(quick.login, signal);
    if (token.kind !== 'ok') return undefined;
    const headers = { authorization: `Bearer ${token.value.text.trim()}` };
    const answer = await http.send({ method: 'GET', url: quick.url, headers, timeoutMs: TIMEOUT_MS }, signal);
    if (answer.kind !== 'ok') return undefined;
    const { status, text } = answer.value;
    if (status === 404) return absent('status 404');
    if (status !== 200) return undefined;
    const words = quick.printed ? quick.printed(JSON.parse(text)) : text;
    return words === undefined ? undefined : ok({ status: 0, text: words });
  };
}
