import * as v from 'valibot';
import { absent, type Answer, failed, type Failed, ok } from '../../../plan/answer.ts';
import type { HttpResponse } from '../../../plan/systems.ts';
import { wordsOf } from '../failures/said.ts';

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

/** The reason of a refusal begins with Google's word for it, as in gcloud's text. */
export function answerOf({ status, text }: Pick<HttpResponse, 'status' | 'text'>): Answer<unknown> {
  const json = parse(text);
  if (status < 300) {
    // A proxy or a login page in between: taken for an answer, it would say that nothing is there.
    return json === undefined ? page('not_google', status, text) : ok(json);
  }
  const error = v.safeParse(ERROR, json);
  if (!error.success) return page(status >= 500 ? 'UNAVAILABLE' : 'not_google', status, text);
  const { message = `status ${String(status)}`, status: word, details = [] } = error.output.error;
  if (status === 404) return absent(wordsOf(message));
  const isOff = details.some((detail) => v.is(ERROR_INFO, detail) && detail.reason === 'SERVICE_DISABLED');
  const name = isOff ? 'SERVICE_DISABLED' : (word ?? WORDS[status] ?? String(status));
  return failed(`${name}: ${wordsOf(message)}`, { code: status >= 500 || status === 429 ? 'UNAVAILABLE' : name });
}

function page(code: string, status: number, text: string): Failed {
  const who =
    code === 'not_google'
      ? `something else than Google answered (status ${String(status)})`
      : `status ${String(status)}`;
  return failed(`${who}: ${wordsOf(text).slice(0, 120) || 'nothing'}`, { code });
}

function parse(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
}

/** Checked before use: a proxy, a login page or a newer API can answer something else than Google documents. */
export function shaped<T>(schema: v.GenericSchema<unknown, T>, answer: Answer<unknown>): Answer<T> {
  if (answer.kind !== 'ok') return answer;
  const read = v.safeParse(schema, answer.value);
  if (read.success) return ok(read.output);
  const [issue] = read.issues;
  const where = v.getDotPath(issue) ?? 'the answer';
  return failed(`Google answered something unexpected: ${where}: ${issue.message}`, { code: 'unexpected' });
}

/** A list that Google leaves out of its answer when it is empty. */
export const listOf = <T>(item: v.GenericSchema<unknown, T>) => v.nullish(v.array(item), []);
