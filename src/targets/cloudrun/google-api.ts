/**
 * Google's REST APIs, for what is only asked: gcloud takes half a second to start for each question, and its text for
 * one refusal differs from command to command.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import type { HttpRequest, Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import { ACCESS_TOKEN, installFirst } from './gcloud.ts';

export interface GoogleApi {
  /** JSON; `absent` for 404; the code of what failed is Google's own: `PERMISSION_DENIED`. */
  readonly ask: (url: string, body?: unknown) => Promise<Answer<unknown>>;
}

const TIMEOUT_MS = 15_000;
const TRIES = 5;
const PAUSE_MS = 500;
const TRANSIENT: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** With the login that gcloud has. Throws a Problem when it has none. */
export async function openGoogle({ calls, http }: Systems, { signal }: Working): Promise<GoogleApi> {
  const answer = await calls.send(ACCESS_TOKEN, signal).catch(installFirst);
  if (answer.kind !== 'ok') {
    throw new Problem('not_permitted', {
      message: `gcloud has no login that works: ${firstSentence(answer.reason)}`,
      hint: 'Log in with: gcloud auth login   Then run the same command again.',
    });
  }
  const headers = { authorization: `Bearer ${answer.value.text.trim()}`, 'content-type': 'application/json' };
  return {
    ask: (url, body) => {
      const request = { url, headers, timeoutMs: TIMEOUT_MS };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      return askPatiently({ ...request, ...sent, method: body === undefined ? 'GET' : 'POST' }, http, signal);
    },
  };
}

export function firstSentence(text: string): string {
  return (
    text
      .replace(/^ERROR: \([\w.-]+\) /, '')
      .split('\n', 1)[0]
      ?.trim() ?? ''
  );
}

async function askPatiently(
  request: HttpRequest,
  http: Systems['http'],
  signal: AbortSignal,
): Promise<Answer<unknown>> {
  for (let tries = 1; ; tries += 1) {
    const answer = await http.send(request, signal);
    const isBusy = answer.kind === 'ok' ? TRANSIENT.has(answer.value.status) : answer.kind === 'failed';
    if (!isBusy || tries === TRIES) return answer.kind === 'ok' ? read(answer.value) : failed(answer.reason);
    await sleep(PAUSE_MS * tries, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly status?: string };
}

/** https://cloud.google.com/apis/design/errors */
function read({ status, text }: { readonly status: number; readonly text: string }): Answer<unknown> {
  const json = parse(text);
  // A proxy or a login page in between: taken for an answer, it would say that nothing is there.
  if (status < 300) return json === undefined ? failed(`the answer is no JSON: ${text.slice(0, 60)}`) : ok(json);
  const { message = `status ${String(status)}`, status: code = String(status) } =
    (json as ErrorBody | undefined)?.error ?? {};
  return status === 404 ? absent(message) : failed(message, { code });
}

/** undefined when it is no JSON; nothing at all is an empty object. */
function parse(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
}
