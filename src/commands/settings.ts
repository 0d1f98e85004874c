/** The options that are made of the list of stages. */
import * as v from 'valibot';
import type { Setting } from '../command/setting.ts';
import { databasesOf, isReachedFrom, namedWithAside, targetsOf } from '../stage/list.ts';
import type { Stages, Target } from '../stage/stage.ts';

interface Choice extends Setting<string> {
  readonly fallback: string;
  readonly rule: v.GenericSchema<string, string>;
}

function choice(names: readonly string[]): Pick<Choice, 'rule'> {
  return { rule: v.picklist(names, `one of ${names.join(', ')}`) };
}

/** The databases that give a connection; the first of them is the default of the commands. */
const connected = (stages: Stages) => databasesOf(stages).filter(({ reachedFrom }) => reachedFrom.length > 0);

/** Every database, for a target that is not known yet. */
export function anyDatabase(stages: Stages): Choice {
  const databases = databasesOf(stages);
  return {
    flag: '--db <database>',
    variable: 'REDISDEMO_DB',
    words: orOf(databases.map(namedWithAside)),
    fallback: connected(stages)[0]?.name ?? '',
    ...choice(databases.map(({ name }) => name)),
  };
}

/** Also the databases that the target does not reach: they are refused with the reason. */
export function databaseFor(target: Target, stages: Stages): Choice {
  const { databaseVariable: variable = 'REDISDEMO_DB', reaches } = target;
  const reached = databasesOf(stages).filter((database) => isReachedFrom(database, reaches));
  const fallback = reached.find(({ reachedFrom }) => reachedFrom.length > 0)?.name ?? '';
  return { ...anyDatabase(stages), variable, words: orOf(reached.map(namedWithAside)), fallback };
}

export function connectedDatabase(stages: Stages): Choice {
  const databases = connected(stages);
  return {
    ...anyDatabase(stages),
    words: orOf(databases.map(namedWithAside)),
    ...choice(databases.map(({ name }) => name)),
  };
}

export function anyTarget(stages: Stages): Choice {
  const names = targetsOf(stages).map(({ name }) => name);
  return {
    flag: '--on <target>',
    variable: 'REDISDEMO_TARGET',
    words: orOf(names),
    fallback: names[0] ?? '',
    ...choice(names),
  };
}

function orOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

type Settings = Readonly<Record<string, Setting>>;

/** Options of all targets; one that several targets have appears once. */
export async function ofTargets(stages: Stages, kinds: readonly ('place' | 'up')[]): Promise<Settings> {
  const all = await Promise.all(targetsOf(stages).map((target) => target.options()));
  return Object.fromEntries(all.flatMap((options) => kinds.flatMap((kind) => Object.entries(options[kind]))));
}
