/** Selects with jqjs, a jq in JavaScript. A printed script gives the same programs to jq: docs/adr/0022-jq.md. */
import * as v from 'valibot';
import { absent, failed, ok, type Answer, type Failed } from '../../plan/answer.ts';
import type { Objection, Question } from '../../plan/call.ts';
import { Problem } from '../../problem.ts';
import { withoutSecrets } from '../files/secrets.ts';

export async function select<T>(
  { read, objections = [], env = {}, ...question }: Question<T>,
  text: string,
): Promise<Answer<T>> {
  let document: unknown;
  try {
    document = JSON.parse(text || 'null');
  } catch {
    return failed(`the answer is not JSON: ${excerpt(text)}`, { transient: true });
  }
  if (read) document = read(document);
  const { default: jq } = await import('@michaelhomer/jqjs');
  try {
    const first = (program: string): unknown => {
      for (const output of jq.compile(program)(document)) if (output !== null) return output;
      return undefined;
    };
    for (const objection of objections) object(objection, first(objection.select));
    const variables = Object.entries(env).map(([name, value]) => [name, value()]);
    // jqjs has no `$ENV`.
    const selected = first(`${JSON.stringify(Object.fromEntries(variables))} as $ENV | ${question.select}`);
    if (selected === undefined) return absent('it is not among what there is');
    if (!question.shape) return ok(selected as T);
    const found = v.safeParse(question.shape, selected);
    return found.success ? ok(found.output) : odd(text);
  } catch (error) {
    if (error instanceof Problem) throw error;
    // jq fails on an answer that does not have the expected form.
    return odd(text);
  }
}

function odd(text: string): Failed {
  return failed(`the answer has an unexpected form: ${excerpt(text)}`, { code: 'odd_answer' });
}

function excerpt(text: string): string {
  return withoutSecrets(text).slice(0, 60);
}

const WORDS = v.object({
  message: v.string(),
  hint: v.optional(v.string()),
  details: v.optional(v.record(v.string(), v.unknown())),
});

function object({ code }: Objection, selected: unknown): void {
  if (selected === undefined) return;
  const { message, hint, details } = v.parse(WORDS, selected);
  throw new Problem(code, { message, hint, ...(details && { details }) });
}
