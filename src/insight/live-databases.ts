/** The databases of ours that run now, as containers reach them. */
import type { Connection } from '../connection.ts';
import { enterpriseInside } from '../databases/enterprise/connection.ts';
import { stackInside } from '../databases/stack/stack.ts';
import type { Home } from '../home.ts';
import type { KnownDatabase } from './insight.ts';
import type { Systems } from '../plan/systems.ts';
import { Problem, type ProblemCode } from '../problem.ts';

const OWN: Readonly<Record<string, (home: Home, systems: Systems) => Promise<Connection>>> = {
  stack: stackInside,
  enterprise: enterpriseInside,
};

/** It does not run, or is somebody else's. */
const NONE: ReadonlySet<ProblemCode> = new Set(['not_running', 'foreign', 'other_home']);

export async function liveDatabases(home: Home, systems: Systems): Promise<readonly KnownDatabase[]> {
  const found = Object.entries(OWN).map(async ([name, inside]): Promise<KnownDatabase[]> => {
    try {
      return [{ name, connection: await inside(home, systems) }];
    } catch (error) {
      if (error instanceof Problem && NONE.has(error.code)) return [];
      throw error;
    }
  });
  return (await Promise.all(found)).flat();
}
