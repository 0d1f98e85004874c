/** Answers of Google are checked before use: a proxy, a login page or a newer API can answer something else. */
import * as v from 'valibot';
import { failed, ok, type Answer } from '../../../plan/answer.ts';

/** The code of an answer that is not what Google documents. */
const UNEXPECTED = 'unexpected';

export function shaped<T>(schema: v.GenericSchema<unknown, T>, answer: Answer<unknown>): Answer<T> {
  if (answer.kind !== 'ok') return answer;
  const read = v.safeParse(schema, answer.value);
  if (read.success) return ok(read.output);
  const [issue] = read.issues;
  const where = v.getDotPath(issue) ?? 'the answer';
  return failed(`Google answered something unexpected: ${where}: ${issue.message}`, { code: UNEXPECTED });
}

/** A list that Google leaves out of its answer when it is empty. */
export const listOf = <T>(item: v.GenericSchema<unknown, T>) => v.nullish(v.array(item), []);

/** The same list from an API, in an object, and from gcloud, by itself. */
export const listIn = <T>(name: string, item: v.GenericSchema<unknown, T>) =>
  v.union([
    v.array(item),
    v.pipe(
      v.object({ [name]: listOf(item) }),
      v.transform((answer) => answer[name] ?? []),
    ),
  ]);
