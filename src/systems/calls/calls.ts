import { execa } from 'execa';
import { createInterface } from 'node:readline';
import { type Answer, failed, ok } from '../../plan/answer.ts';
import type { Api, CommandCall, RestCall } from '../../plan/call.ts';
import type { Calls, Http, HttpRequest, Listener, Reply } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { formatMs } from '../../report.ts';
import { withoutUserinfo } from '../../text/shown-url.ts';
import { readSecret, withoutSecrets, withSecrets } from '../files/secrets.ts';
import { openInput } from '../processes/stdin.ts';
import { apiReader, isApiCall, judged, type Start } from './api-read.ts';
import { refused } from './refused.ts';
import { retried } from './retry.ts';
import { select } from './select.ts';

const TIMEOUT_MS = 15_000;
/** Default limit: a program that waits for input would never end. */
const PROGRAM_LIMIT_MS = 600_000;
/** Characters, for stdout and stderr each. */
const OUTPUT_LIMIT = 8 * 1024 * 1024;

export function callSystem(http: Http, start: Start = runCommand): Calls {
  const kept = new Map<string, Promise<Answer<Reply>>>();
  const run: Start = (call, signal, listener) => {
    const { words, rest, retry } = call;
    const what = retry?.what ?? (rest ? new URL(rest.url).hostname : words.slice(0, 3).join(' '));
    return retried({ retry, what, ask: () => start(call, signal, listener) }, signal, listener);
  };
  const send: Calls['send'] = async (call, signal, listener) => {
    if (!('words' in call)) return sendRequest(call, http, signal);
    if (isApiCall(call)) return readApi(call, signal, listener);
    if (call.once !== true) return run(call, signal, listener);
    const name = call.words.join(' ');
    const running = kept.get(name) ?? run(call, signal, listener);
    kept.set(name, running);
    let isKept = false;
    try {
      const answer = await running;
      isKept = answer.kind === 'ok';
      return answer;
    } finally {
      if (!isKept) kept.delete(name);
    }
  };
  const readApi = apiReader(http, send, run);
  return {
    send,
    ask: async (question, signal, listener) => {
      const answer = await send(question.call, signal, listener);
      return answer.kind === 'ok' ? await select(question, answer.value.text) : answer;
    },
  };
}

async function sendRequest(call: RestCall, http: Http, signal: AbortSignal): Promise<Answer<Reply>> {
  const answer = await http.send(await requestOf(call), signal);
  // No connection: that says nothing about the thing itself.
  if (answer.kind === 'absent') return failed(answer.reason, { transient: true, code: 'no_answer' });
  if (answer.kind === 'failed' && answer.code === 'not_trusted') throw notTrusted(call.api, answer.reason);
  if (answer.kind === 'failed' && answer.code === 'too_large') return answer;
  if (answer.kind === 'failed') return failed(answer.reason, { transient: true, code: 'no_answer' });
  const { status, headers, text } = answer.value;
  if (status < 300) return ok({ status, text });
  if (status < 400) return redirected(status, headers['location']);
  return refused(status, text, call.api.user);
}

/** The password goes only to the address that it was given for. */
function redirected(status: number, location = 'nowhere'): Answer<never> {
  const target = withoutSecrets(withoutUserinfo(location)).slice(0, 200);
  return failed(`status ${String(status)}: it redirects to ${target}, and redirects are not followed`, {
    code: String(status),
    hint: 'Give the address that the API itself has: --url https://host:9443',
  });
}

function notTrusted({ url }: Api, reason: string): Problem {
  return new Problem('not_trusted', {
    message: `The certificate of ${url} is not one that we trust: ${reason}.`,
    hint: 'If that server is yours, say which certificate is right: --ca-file FILE, or --fingerprint SHA256',
  });
}

async function requestOf({ api, method, path, body, anonymous }: RestCall): Promise<HttpRequest> {
  const request = { method, url: `${api.url}${path}`, timeoutMs: TIMEOUT_MS, trust: api.trust };
  const authorization =
    anonymous === true ? {} : { authorization: basicAuthorization(api.user, await readSecret(api.password)) };
  if (body === undefined) return { ...request, headers: authorization };
  const text = JSON.stringify(await withSecrets(body));
  return { ...request, headers: { ...authorization, 'content-type': 'application/json' }, body: text };
}

function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function runCommand(call: CommandCall, signal: AbortSignal, { onLine }: Listener = {}): Promise<Answer<Reply>> {
  const { words, stdin, env = {}, limitMs = PROGRAM_LIMIT_MS } = call;
  const [program = '', ...args] = words;
  await using input = stdin === undefined ? undefined : await openInput(stdin);
  const limits = { timeout: limitMs, maxBuffer: OUTPUT_LIMIT };
  const running = execa(program, args, { reject: false, cancelSignal: signal, env, ...limits, ...input?.options });
  if (onLine) void readLines(running.stderr, onLine);
  const result = await running;
  signal.throwIfAborted();
  if (result.code === 'ENOENT') {
    throw new Problem('command_missing', {
      message: `The program ${program} is not installed, or not on the PATH.`,
      hint: `Install it, then run the same command again.`,
    });
  }
  if (result.timedOut) {
    throw new Problem('unfinished', {
      message: `${words.slice(0, 4).join(' ')} did not end within ${formatMs(limitMs)}, and was ended.`,
      hint: 'What it asked for may still go on. Give it more time: --timeout 1h',
    });
  }
  if (result.isMaxBuffer) return failed(`${program} printed more than 8 MiB, and was ended`, { code: 'too_large' });
  if (result.exitCode === 0) return ok({ status: 0, text: result.stdout });
  const stderr = result.stderr.trim() || `${program} ended with exit code ${String(result.exitCode)}`;
  return judged(call, failed(shown(stderr.slice(Math.max(0, stderr.indexOf('ERROR:'))))));
}

/** Programs print their proxy with its password. */
const shown = (text: string): string => withoutUserinfo(withoutSecrets(text));

async function readLines(stream: NodeJS.ReadableStream, onLine: NonNullable<Listener['onLine']>): Promise<void> {
  for await (const line of createInterface({ input: stream })) onLine(shown(line));
}
