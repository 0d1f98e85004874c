/** Databases that exist, as the API shows them. */
import type { Api, Question } from '../../../plan/call.ts';
import { Problem } from '../../../problem.ts';
import { get } from '../rest/question.ts';
import type { Found } from '../rest/shapes.ts';

/** The port comes from the endpoints, because `port` is 0 when the cluster chose it. 0 while there is none. */
export function portOf({ port, endpoints }: Found): number {
  return [port, endpoints?.[0]?.port].find((one) => typeof one === 'number' && one !== 0) ?? 0;
}

/** Which database is meant: by its name, or by its id, which only one database has; with both, both must fit. */
export interface Meant {
  readonly name?: string | undefined;
  readonly id?: number | undefined;
}

/** A jq condition. */
const isMeant = ({ name, id }: Meant): string =>
  [
    ...(name === undefined ? [] : [`.name == ${JSON.stringify(name)}`]),
    // A number or its text: shapes.ts makes a number of it, and a printed script has the answer as it came.
    ...(id === undefined ? [] : [`(.uid | tostring) == "${String(id)}"`]),
  ].join(' and ');

/** The first one that meets a condition, as a jq program. */
export function databaseMeant(api: Api, meant: Meant, condition = 'true'): Question {
  return get(api, '/v1/bdbs', `.[] | select(${isMeant(meant)}) | select(${condition})`);
}

/** All of them, and a clear no for none: nothing in the reference says that a name belongs to one database only. */
export function databasesMeant(api: Api, meant: Meant): Question {
  return get(api, '/v1/bdbs', `[.[] | select(${isMeant(meant)})] | if length == 0 then empty else . end`);
}

/**
 * The same as a list, which may be empty. Every cluster knows the path: a 404 comes from something in front of it, and
 * must not pass for a cluster without such a database.
 */
export function listMeant(api: Api, meant: Meant): Question {
  return get(api, '/v1/bdbs', `[.[] | select(${isMeant(meant)})]`);
}

/** Throws a Problem when there are several: none of them is the one that was meant. @param command that takes --id */
export function onlyOne(found: readonly Found[], command: string): Found | undefined {
  const [first, ...others] = found;
  if (first === undefined || others.length === 0) return first;
  const ids = found.map(({ uid }) => String(uid));
  throw new Problem('bad_usage', {
    message: `There are ${String(found.length)} databases named ${first.name ?? ''}, with the ids ${ids.join(' and ')}.`,
    hint: `Give the id of the one you mean: ${command} --id ${ids[0] ?? ''}`,
    details: { ids: found.map(({ uid }) => uid) },
  });
}
