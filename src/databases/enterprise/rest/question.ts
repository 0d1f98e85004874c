import type * as v from 'valibot';
import { absent, ok, type Answer, type Failed } from '../../../plan/answer.ts';
import type { Api, Question } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { waitFor, type WorkContext } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { readAnswer } from './shapes.ts';

/** How long a request to a busy or changing cluster is retried. */
const RETRY_MS = 30_000;

/** The whole answer is checked (shapes.ts) before anything is selected. @param shape of what is selected */
export function get<T = unknown>(
  api: Api,
  path: string,
  select = '.',
  shape?: v.GenericSchema<unknown, T>,
): Question<T> {
  const read = (answer: unknown): unknown => readAnswer(api.url, path, answer);
  return { call: { api, method: 'GET', path }, select, read, ...(shape && { shape }) };
}

export interface Asking extends WorkContext {
  readonly systems: Systems;
}

/** Throws a Problem when there is no answer, or nothing is selected. */
export async function valueOf<T>(question: Question<T>, asking: Asking): Promise<T> {
  return valueOfAnswer(question, await finalAnswer(question, asking));
}

/** undefined when the cluster does not know that path, or nothing is selected. Throws a Problem otherwise. */
export async function valueIfKnown<T>(question: Question<T>, asking: Asking): Promise<T | undefined> {
  const answer = await finalAnswer(question, asking);
  return answer.kind === 'absent' ? undefined : valueOfAnswer(question, answer);
}

/** While its certificate changes, the API resets connections, answers 503, or answers HTML: keep waiting. */
export function transientAsAbsent<T>(answer: Answer<T>): Answer<T> {
  return isTransient(answer) ? absent(answer.reason) : answer;
}

function valueOfAnswer<T>(question: Question<T>, answer: Answer<T>): T {
  if (answer.kind === 'ok') return answer.value;
  const hint = answer.kind === 'failed' ? answer.hint : undefined;
  throw new Problem('system_failed', { message: `${describe(question)}: ${answer.reason}`, hint });
}

/** undefined when the cluster cannot be asked. */
export async function askOnce(question: Question, { calls }: Systems): Promise<Answer<unknown> | undefined> {
  return calls.ask(question, new AbortController().signal).catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
}

async function finalAnswer<T>(question: Question<T>, asking: Asking): Promise<Answer<T>> {
  const ask = async (): Promise<Answer<Answer<T>>> => {
    const answer = await asking.systems.calls.ask(question, asking.signal);
    return isTransient(answer) ? absent(answer.reason) : ok(answer);
  };
  return waitFor({ what: `an answer of ${describe(question)}`, limitMs: RETRY_MS, ask, quiet: true }, asking);
}

function isTransient(answer: Answer<unknown>): answer is Failed {
  return answer.kind === 'failed' && answer.transient === true;
}

function describe({ call }: Question): string {
  return 'words' in call ? call.words.join(' ') : `${call.api.url}${call.path}`;
}
