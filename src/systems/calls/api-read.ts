/** Reads from the API behind a program with the program's login and proxy; falls back to the program. */
import { absent, failed, ok, type Answer, type Failed } from '../../plan/answer.ts';
import type { ApiRead, CommandCall } from '../../plan/call.ts';
import type { Calls, Http, Listener, Reply } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { retried } from './retry.ts';

const TIMEOUT_MS = 15_000;
const UNREACHABLE = 'unreachable';

type ApiCall = CommandCall & { readonly rest: ApiRead };
type Send = Calls['send'];
export type Start = (call: CommandCall, signal: AbortSignal, listener?: Listener) => Promise<Answer<Reply>>;

export const isApiCall = (call: CommandCall): call is ApiCall => call.rest !== undefined;

/** @param run starts the program */
export function apiReader(http: Http, send: Send, run: Start) {
  /** Why the API was not reached. It is not tried again: every try takes its time. */
  const obstacles: string[] = [];
  return async (call: ApiCall, signal: AbortSignal, listener?: Listener): Promise<Answer<Reply>> => {
    const { rest: api, words, retry } = call;
    const program = words.length === 0 ? undefined : () => run(call, signal, listener);
    if (obstacles.length > 0) return program?.() ?? failed('it was not reached before', { code: UNREACHABLE });
    const answer = await viaApi(call, { http, send, signal, listener });
    if (answer?.kind === 'ok')
      return printed(api, answer.value) ?? program?.() ?? failed('it is not all of the answer');
    if (answer?.kind === 'absent') return answer;
    if (!answer || !program) return answer ?? program?.() ?? failed('no login', { code: UNREACHABLE });
    const { code = '', reason } = answer;
    if (code === UNREACHABLE || api.elsewhere.includes(code)) {
      if (obstacles.push(reason) === 1 && retry)
        listener?.report?.say(`${retry.whom} is asked through ${words[0] ?? ''}: ${retry.said(reason)}`, 'note');
      return program();
    }
    // A refusal can be due to what the program sends beside the token, or to an expired token.
    const second = api.refusals.includes(code) ? await program() : answer;
    return second.kind === 'failed' ? judged(call, answer) : second;
  };
}

interface Means {
  readonly http: Http;
  readonly send: Send;
  readonly signal: AbortSignal;
  readonly listener: Listener | undefined;
}

/** undefined where the program has no login, or does not print its way: it has the better error message. */
async function viaApi(
  { rest: api, words: [name = ''], retry }: ApiCall,
  { http, send, signal, listener }: Means,
): Promise<Answer<unknown> | undefined> {
  const { url, body, login, way: toApi } = api;
  const [token, properties] = await Promise.all([send(login, signal, listener), send(toApi.call, signal)]);
  if (token.kind !== 'ok' || properties.kind !== 'ok') return undefined;
  const way = toApi.read(properties.value.text, url);
  if (!way) return failed(`${name}'s way there is not one that redisdemo can go`, { code: UNREACHABLE });
  const headers = { authorization: `Bearer ${token.value.text.trim()}`, 'content-type': 'application/json' };
  const request = {
    ...{ url, headers, timeoutMs: TIMEOUT_MS, ...way },
    ...(body === undefined ? { method: 'GET' as const } : { method: 'POST' as const, body: JSON.stringify(body) }),
  };
  const ask = async (): Promise<Answer<unknown>> => {
    const answer = await http.send(request, signal).catch(unusable);
    if (answer.kind === 'ok') return api.answer(answer.value);
    const isTrust = answer.kind === 'failed' && answer.code === 'not_trusted';
    return failed(answer.reason, { code: isTrust ? 'not_trusted' : UNREACHABLE });
  };
  return retried({ retry, what: new URL(url).hostname, ask }, signal, listener);
}

/** An unusable proxy or authority file: the program has the better error message. */
function unusable(error: unknown): Failed {
  const isBad = error instanceof Problem && (error.code === 'bad_setting' || error.code === 'bad_file');
  if (isBad) return failed(error.message, { code: UNREACHABLE });
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR') throw error;
  return failed(message, { code: 'not_trusted' });
}

/** undefined for a partial or undocumented answer: the program handles those. */
function printed({ printed: print = JSON.stringify }: ApiRead, json: unknown): Answer<Reply> | undefined {
  try {
    const text = print(json);
    return text === undefined ? undefined : ok({ status: 0, text });
  } catch {
    return undefined;
  }
}

export function judged({ absent: no, transient }: CommandCall, { reason, ...more }: Failed): Answer<never> {
  if (no !== undefined && new RegExp(no).test(reason)) return absent(reason);
  return failed(reason, { ...more, transient: transient !== undefined && new RegExp(transient).test(reason) });
}
