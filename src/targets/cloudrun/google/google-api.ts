/**
 * Google's REST APIs, for what is only asked: gcloud takes half a second to start for each question, and its text for
 * one refusal differs from command to command. Where they cannot be reached from here, gcloud is asked the same.
 */
import * as v from 'valibot';
import { absent, failed, ok, type Answer, type Failed } from '../../../plan/answer.ts';
import type { CommandCall } from '../../../plan/call.ts';
import type { HttpResponse, Systems } from '../../../plan/systems.ts';
import type { Working } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { firstSentence, wordsOf } from '../failures/said.ts';
import { isPassing, unanswered, whyUnanswered } from '../failures/unanswered.ts';
import { memberOf, readClient, type Client } from './client.ts';
import { ACCESS_TOKEN, installFirst } from './gcloud.ts';
import { patiently } from './patience.ts';
import { wayTo } from './way.ts';

export interface GoogleApi {
  /** Who asks, as a member of a policy. */
  readonly caller: string;
  /**
   * JSON; `absent` for 404 of Google's own. The code of what failed is Google's (`PERMISSION_DENIED`, `SERVICE_DISABLED`),
   * or `not_trusted`, `unreachable`, `not_google`.
   * @param same the question as a call of gcloud, for where its REST API cannot be reached from here
   */
  readonly ask: (url: string, body?: unknown, same?: CommandCall) => Promise<Answer<unknown>>;
}

const TIMEOUT_MS = 15_000;

/** With the login that gcloud has. Throws a Problem when it has none, or when Google cannot be reached to get a token. */
export async function openGoogle(systems: Systems, working: Working): Promise<GoogleApi> {
  const [client, token] = await Promise.all([
    readClient(systems, working.signal),
    patiently('an access token', () => systems.calls.send(ACCESS_TOKEN, working.signal).catch(installFirst), working),
  ]);
  if (token.kind !== 'ok') throw noToken(token.reason);
  const direct = directly({ client, token: token.value.text.trim(), systems, working });
  let isReached = true;
  return {
    caller: memberOf(client),
    ask: async (url, body, same) => {
      const answer = isReached ? await direct(url, body) : failed('asked through gcloud', { code: 'unreachable' });
      if (answer.kind !== 'failed' || !isOnTheWay(answer)) return answer;
      if (isReached) {
        isReached = false;
        working.report.say(`Google is asked through gcloud: ${firstSentence(answer.reason)}`, 'note');
      }
      return same === undefined ? answer : throughGcloud(same, new URL(url).hostname, systems, working);
    },
  };
}

/** gcloud's own sentence names no cause: what stands behind it does. */
function noToken(reason: string) {
  return unanswered('gcloud has no access token', { reason });
}

/** Nothing of Google's was heard. */
function isOnTheWay({ code }: Failed): boolean {
  return code === 'unreachable' || code === 'not_trusted' || code === 'not_google';
}

interface Directly {
  readonly client: Client;
  readonly token: string;
  readonly systems: Systems;
  readonly working: Working;
}

type Ask = (url: string, body?: unknown) => Promise<Answer<unknown>>;

function directly({ client, token, systems: { http }, working }: Directly): Ask {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (url, body) => {
    const way = wayTo(url, client);
    if (way === undefined)
      return failed("gcloud's way there is not one that redisdemo can go", { code: 'unreachable' });
    const request = {
      ...{ url, headers, timeoutMs: TIMEOUT_MS, ...way },
      ...(body === undefined ? { method: 'GET' as const } : { method: 'POST' as const, body: JSON.stringify(body) }),
    };
    const send = async (): Promise<Answer<unknown>> => {
      const answer = await http.send(request, working.signal).catch(unusable);
      if (answer.kind === 'ok') return read(answer.value);
      const isTrust = answer.kind === 'failed' && answer.code === 'not_trusted';
      return failed(answer.reason, { code: isTrust ? 'not_trusted' : 'unreachable' });
    };
    return patiently(new URL(url).hostname, send, working);
  };
}

/** A proxy of gcloud's, or the file of an authority, that cannot be used: gcloud has the better words. */
function unusable(error: unknown): Failed {
  const isBad = error instanceof Problem && (error.code === 'bad_setting' || error.code === 'bad_file');
  if (isBad) return failed(error.message, { code: 'unreachable' });
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR') throw error;
  return failed(`core/custom_ca_certs_file: ${message}`, { code: 'not_trusted' });
}

/** gcloud itself tries again after a 503 and where the network fails, for half a minute, but not after a 429. */
function throughGcloud(
  call: CommandCall,
  host: string,
  { calls }: Systems,
  working: Working,
): Promise<Answer<unknown>> {
  const send = async (): Promise<Answer<unknown>> => {
    const answer = await calls.ask({ call, select: '.' }, working.signal);
    return answer.kind === 'failed' ? coded(answer) : answer;
  };
  return patiently(host, send, working);
}

/** An API that is off is an answer, as it is from the API itself: enabling.ts waits for those that were turned on. */
function coded({ reason, transient = false }: Failed): Failed {
  const code = codeOf(reason);
  if (code === 'SERVICE_DISABLED') return failed(reason, { code });
  return failed(reason, { transient, ...((code ?? transient) && { code: code ?? 'UNAVAILABLE' }) });
}

/** As the REST API would have it, for those who look at it. */
function codeOf(said: string): string | undefined {
  const name = whyUnanswered({ reason: said })?.name;
  if (name === 'not permitted') return 'PERMISSION_DENIED';
  if (name === 'API off') return 'SERVICE_DISABLED';
  if (name === 'no login') return 'UNAUTHENTICATED';
  return isPassing({ reason: said }) ? 'unreachable' : undefined;
}

/** https://cloud.google.com/apis/design/errors; Cloud Storage leaves the status word out. */
const ERROR = v.object({
  error: v.object({
    message: v.fallback(v.optional(v.string()), undefined),
    status: v.fallback(v.optional(v.string()), undefined),
    details: v.fallback(v.optional(v.array(v.unknown())), undefined),
  }),
});
const ERROR_INFO = v.object({ reason: v.string() });

const WORDS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
};

function read({ status, text }: HttpResponse): Answer<unknown> {
  const json = parse(text);
  if (status < 300) {
    // A proxy or a login page in between: taken for an answer, it would say that nothing is there.
    return json === undefined ? notGoogle(status, text) : ok(json);
  }
  const error = v.safeParse(ERROR, json);
  if (!error.success) return status >= 500 ? unavailable(status, text) : notGoogle(status, text);
  const { message = `status ${String(status)}`, status: word, details = [] } = error.output.error;
  const words = wordsOf(message);
  if (status === 404) return absent(words);
  if (status >= 500 || status === 429) return failed(words, { code: 'UNAVAILABLE' });
  const isOff = details.some((detail) => v.is(ERROR_INFO, detail) && detail.reason === 'SERVICE_DISABLED');
  return failed(words, { code: isOff ? 'SERVICE_DISABLED' : (word ?? WORDS[status] ?? String(status)) });
}

function unavailable(status: number, text: string): Failed {
  return failed(`status ${String(status)}: ${pageOf(text)}`, { code: 'UNAVAILABLE' });
}

function notGoogle(status: number, text: string): Failed {
  return failed(`something else than Google answered (status ${String(status)}): ${pageOf(text)}`, {
    code: 'not_google',
  });
}

const pageOf = (text: string): string => wordsOf(text).slice(0, 120) || 'nothing';

/** undefined when it is not JSON; nothing at all is an empty object. */
function parse(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
}
