import type { Api, Objection, Question } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { askOnce, get, valueOf, type Asking } from '../rest/question.ts';
import { bdb, bdbs, type Bdb } from '../rest/shapes.ts';

/** `port` is 0 when the cluster chose it: then the endpoints have it. Returns 0 while there are none. */
export function portOf({ port, endpoints }: Bdb): number {
  return [port, endpoints?.[0]?.port].find((one) => typeof one === 'number' && one !== 0) ?? 0;
}

/** Names are not unique, ids are. With both, both must match. */
export interface BdbSelector {
  readonly name?: string | undefined;
  readonly id?: number | undefined;
}

export function describeSelector({ name, id }: BdbSelector): string {
  return [name, id === undefined ? undefined : `with the id ${String(id)}`].filter(Boolean).join(' ');
}

const isSelected = ({ name, id }: BdbSelector): string =>
  [
    ...(name === undefined ? [] : [`.name == ${JSON.stringify(name)}`]),
    // A number or its text: shapes.ts makes a number of it, and a printed script has the answer as it came.
    ...(id === undefined ? [] : [`(.uid | tostring) == "${String(id)}"`]),
  ].join(' and ');

export function firstBdb(api: Api, selector: BdbSelector, condition = 'true'): Question<Bdb> {
  return get(api, '/v1/bdbs', `.[] | select(${isSelected(selector)}) | select(${condition})`, bdb);
}

/** A list, because names are not unique. Every cluster knows the path: a 404 comes from a proxy, and is an error. */
export function selectedBdbs(api: Api, selector: BdbSelector): Question<readonly Bdb[]> {
  return get(api, '/v1/bdbs', `[.[] | select(${isSelected(selector)})]`, bdbs);
}

/** @param list jq that selects the candidates @param command a command that takes --id */
export function severalBdbs(list: string, command: string): Objection {
  return {
    code: 'bad_usage',
    select:
      `${list} | select(length > 1) | (map(.uid | tostring) | join(" and ")) as $ids ` +
      '| (.[0] | if .name == null then "" else .name end) as $name | {' +
      'message: ("There are " + (length | tostring) + " databases named " + $name + ", with the ids " + $ids + "."), ' +
      `hint: (${JSON.stringify(`Give the id of the one you mean: ${command} --id `)} + (.[0] | .uid | tostring)), ` +
      'details: {ids: map(.uid)}}',
  };
}

/** Throws a Problem when several databases have that name. @param command a command that takes --id */
export async function findBdb(
  api: Api,
  selector: BdbSelector,
  command: string,
  asking: Asking,
): Promise<Bdb | undefined> {
  const question = selectedBdbs(api, selector);
  const several = { ...question, objections: [severalBdbs(question.select, command)] };
  const [found] = await valueOf(several, asking);
  return found;
}

/** Throws a Problem when there is none. */
export async function bdbOf(api: Api, selector: BdbSelector, asking: Asking): Promise<Bdb> {
  const found = await findBdb(api, selector, 'redisdemo enterprise database show', asking);
  if (found) return found;
  throw new Problem('database_missing', {
    message: `There is no database ${describeSelector(selector)} at ${api.url}.`,
    hint:
      selector.id === undefined
        ? `Create it: redisdemo enterprise database create ${selector.name ?? ''}`
        : 'See which there are: redisdemo enterprise database list',
  });
}

/** False when the cluster cannot be asked. */
export async function isKnownToExist(api: Api, selector: BdbSelector, systems: Systems): Promise<boolean> {
  return (await askOnce(firstBdb(api, selector), systems))?.kind === 'ok';
}
