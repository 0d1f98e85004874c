/** Databases that exist, as the REST API shows them. */
import type { Api, Objection, Question } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { askOnce, get, valueOf, type Asking } from '../rest/question.ts';
import { bdb, bdbs, type Bdb } from '../rest/shapes.ts';

/** The port comes from the endpoints, because `port` is 0 when the cluster chose it. 0 while there is none. */
export function portOf({ port, endpoints }: Bdb): number {
  return [port, endpoints?.[0]?.port].find((one) => typeof one === 'number' && one !== 0) ?? 0;
}

/** By its name, or by its id, which only one database has; with both, both must fit. */
export interface BdbSelector {
  readonly name?: string | undefined;
  readonly id?: number | undefined;
}

export function describeSelector({ name, id }: BdbSelector): string {
  return [name, id === undefined ? undefined : `with the id ${String(id)}`].filter(Boolean).join(' ');
}

/** A jq condition. */
const isSelected = ({ name, id }: BdbSelector): string =>
  [
    ...(name === undefined ? [] : [`.name == ${JSON.stringify(name)}`]),
    // A number or its text: shapes.ts makes a number of it, and a printed script has the answer as it came.
    ...(id === undefined ? [] : [`(.uid | tostring) == "${String(id)}"`]),
  ].join(' and ');

/** The first one that meets a condition, as a jq program. */
export function firstBdb(api: Api, selector: BdbSelector, condition = 'true'): Question<Bdb> {
  return get(api, '/v1/bdbs', `.[] | select(${isSelected(selector)}) | select(${condition})`, bdb);
}

/**
 * A list, which may be empty, because nothing in the reference says that a name belongs to one database only. Every
 * cluster knows the path: a 404 comes from something in front of it, and must not pass for a cluster without such a
 * database.
 */
export function selectedBdbs(api: Api, selector: BdbSelector): Question<readonly Bdb[]> {
  return get(api, '/v1/bdbs', `[.[] | select(${isSelected(selector)})]`, bdbs);
}

/** @param list selects the databases that could be the one @param command takes --id */
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

/** undefined when there is none. Throws a Problem when several have that name. @param command that takes --id */
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

/** False when that cannot be found out. */
export async function isKnownToExist(api: Api, selector: BdbSelector, systems: Systems): Promise<boolean> {
  return (await askOnce(firstBdb(api, selector), systems))?.kind === 'ok';
}
