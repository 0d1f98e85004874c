/** Questions to the REST API of a cluster, and their answers in the types of shapes.ts. */
import * as v from 'valibot';
import { absent, ok, type Answer, type Failed } from '../../../plan/answer.ts';
import type { Api, Question } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { waitFor, type Working } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { readAnswer } from './shapes.ts';

/** How long a busy cluster, or one between two states, is asked again. */
const PATIENCE_MS = 30_000;

type Schema<T> = v.GenericSchema<unknown, T>;

/** A question whose answer is checked against its shape (shapes.ts) before anything is selected. */
export const get = (api: Api, path: string, select = '.'): Question => ({
  call: { api, method: 'GET', path },
  select,
  read: (answer) => readAnswer(api.url, path, answer),
});

/** @param schema of what is selected: the answer as a whole was checked before, so that only a bug can break it */
export function typed<T>(answer: Answer<unknown>, schema: Schema<T>): Answer<T> {
  return answer.kind === 'ok' ? ok(v.parse(schema, answer.value)) : answer;
}

export interface Asking extends Working {
  readonly systems: Systems;
}

/** Throws a Problem when there is no answer, or nothing is selected. */
export async function valueOf<T>(question: Question, schema: Schema<T>, asking: Asking): Promise<T> {
  return valueOfAnswer(question, typed(await finalAnswer(question, asking), schema));
}

/** undefined when the cluster does not know that path, or nothing is selected. Throws a Problem otherwise. */
export async function valueIfKnown<T>(question: Question, schema: Schema<T>, asking: Asking): Promise<T | undefined> {
  const answer = typed(await finalAnswer(question, asking), schema);
  return answer.kind === 'absent' ? undefined : valueOfAnswer(question, answer);
}

/** Around the change of certificates the API resets, answers 503, or HTML: that is waited out. */
export function transientAsAbsent<T>(answer: Answer<T>): Answer<T> {
  return isTransient(answer) ? absent(answer.reason) : answer;
}

function valueOfAnswer<T>(question: Question, answer: Answer<T>): T {
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

async function finalAnswer(question: Question, asking: Asking): Promise<Answer<unknown>> {
  const ask = async (): Promise<Answer<Answer<unknown>>> => {
    const answer = await asking.systems.calls.ask(question, asking.signal);
    return isTransient(answer) ? absent(answer.reason) : ok(answer);
  };
  return waitFor({ what: `an answer of ${describe(question)}`, limitMs: PATIENCE_MS, ask, quiet: true }, asking);
}

function isTransient(answer: Answer<unknown>): answer is Failed {
  return answer.kind === 'failed' && answer.transient === true;
}

function describe({ call }: Question): string {
  return 'words' in call ? call.words.join(' ') : `${call.api.url}${call.path}`;
}
