/** Asks the API behind a program, where that is quicker than to start the program. */
import { absent, ok, type Answer } from '../../plan/answer.ts';
import type { CommandCall, QuickAsk, Way } from '../../plan/call.ts';
import type { Calls, Http, Reply } from '../../plan/systems.ts';

const TIMEOUT_MS = 15_000;

/** Resolves with undefined where only the program itself can tell: then it is started, and says it in its own words. */
export type Quick = (call: CommandCall, signal: AbortSignal) => Promise<Answer<Reply> | undefined>;

export function quickSystem(http: Http, run: Calls['send']): Quick {
  return async ({ quick }, signal) => {
    if (!quick) return undefined;
    const [token, way] = await Promise.all([run(quick.login, signal), wayOf(quick, run, signal)]);
    if (token.kind !== 'ok' || way === undefined) return undefined;
    const headers = { authorization: `Bearer ${token.value.text.trim()}` };
    const request = { method: 'GET', url: quick.url, headers, timeoutMs: TIMEOUT_MS, ...way } as const;
    const answer = await http.send(request, signal);
    if (answer.kind !== 'ok') return undefined;
    const { status, text } = answer.value;
    const json = parse(text);
    // A page of something in between says neither yes nor no.
    if (json === undefined) return undefined;
    if (status === 404) return absent('status 404');
    if (status !== 200) return undefined;
    const words = quick.printed ? printed(quick.printed, json) : text;
    return words === undefined ? undefined : ok({ status: 0, text: words });
  };
}

async function wayOf({ way, url }: QuickAsk, run: Calls['send'], signal: AbortSignal): Promise<Way | undefined> {
  if (!way) return {};
  const answer = await run(way.call, signal);
  return answer.kind === 'ok' ? way.read(answer.value.text, url) : undefined;
}

function parse(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

/** An answer of another shape than documented is for the program to read. */
function printed(print: NonNullable<QuickAsk['printed']>, json: object): string | undefined {
  try {
    return print(json);
  } catch {
    return undefined;
  }
}
