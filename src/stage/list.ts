import type { Origin } from './database-work.ts';
import type { Database, Stage, Stages, Target } from './stage.ts';
import type { StageWork } from './work.ts';
import type { Invocation } from '../command/invocation.ts';
import { Problem } from '../problem.ts';

export const databasesOf = (stages: Stages): readonly Database[] => stages.filter((stage) => stage.kind === 'database');

export const targetsOf = (stages: Stages): readonly Target[] => stages.filter((stage) => stage.kind === 'target');

/** The name was validated with the settings. */
export function named<S extends Stage>(stages: readonly S[], name: string): S {
  const found = stages.find((stage) => stage.name === name);
  if (found) return found;
  throw new Error(`no stage ${name}`);
}

/** Throws a Problem when the stage needs the Docker engine and it does not run. */
export async function workOf<W extends StageWork>(
  { onEngine, load }: { readonly onEngine?: true; readonly load: () => Promise<W> },
  { systems }: Pick<Invocation, 'systems'>,
): Promise<W> {
  if (onEngine) await systems.containers.reach();
  return load();
}

/** A database without a server is part of every service. */
export function isReachedFrom({ reachedFrom }: Database, from: Origin): boolean {
  return reachedFrom.length === 0 || reachedFrom.includes(from);
}

/** Throws a Problem when the target cannot reach the database. Call it before anything is created. */
export function assertReaches(target: Target, database: Database, stages: Stages): void {
  if (isReachedFrom(database, target.reaches)) return;
  const reached = databasesOf(stages).filter((each) => isReachedFrom(each, target.reaches));
  throw new Problem('bad_setting', {
    message: `${target.name} cannot reach the database ${database.name}, which runs on this machine.`,
    hint: `Databases that it reaches: ${reached.map(namedWithAside).join(', ')}`,
  });
}

export function namedWithAside({ name, aside }: Database): string {
  return aside === undefined ? name : `${name} (${aside})`;
}
