/** The databases of redisdemo that run now, as containers reach them. */
import type { Invocation } from '../command/invocation.ts';
import { Problem, type ProblemCode } from '../problem.ts';
import type { Database } from '../stage/stage.ts';
import { databasesOf, isReachedFrom, workOf } from '../stage/list.ts';
import type { Stages } from '../stage/stage.ts';
import type { KnownDatabase } from './plan.ts';

/** It does not run, or is somebody else's. */
const NONE: ReadonlySet<ProblemCode> = new Set(['not_running', 'foreign', 'other_home']);

type Context = Pick<Invocation, 'places' | 'systems' | 'environment'>;

export async function liveDatabases(stages: Stages, context: Context): Promise<readonly KnownDatabase[]> {
  const reached = databasesOf(stages).filter((database) => isReachedFrom(database, 'engine'));
  return (await Promise.all(reached.map((database) => ifLive(database, context)))).flat();
}

async function ifLive(database: Database, context: Context): Promise<readonly KnownDatabase[]> {
  const { leftovers, connection } = await workOf(database, context);
  // One that redisdemo has not made is not set up either.
  if (!leftovers) return [];
  try {
    const found = await connection('engine', { ...context, given: () => Promise.resolve(undefined) });
    return found ? [{ name: database.name, connection: found }] : [];
  } catch (error) {
    if (error instanceof Problem && NONE.has(error.code)) return [];
    throw error;
  }
}
