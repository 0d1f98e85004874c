import type { Connection } from '../connection.ts';
import { attempt, ensure } from '../plan/ensure.ts';
import type { Plan } from '../plan/plan.ts';
import { remove, thingsOf } from '../plan/remove.ts';
import { createdPart } from '../plan/results.ts';
import type { Systems } from '../plan/systems.ts';
import type { WorkContext } from '../plan/wait.ts';
import { Problem } from '../problem.ts';
import type { OpenedDatabase, TourContext } from './tour.ts';

type Making = Pick<TourContext, 'systems' | 'working' | 'keep'>;

/** Returns a function that removes only what was created here. */
export async function makeForTour(plan: Plan, { systems, working, keep }: Making): Promise<OpenedDatabase['close']> {
  const { results, failure } = await attempt(plan, systems, working, {});
  const created = createdPart(plan, results);
  const close = async (): Promise<readonly string[]> => {
    if (keep) return thingsOf(created);
    await remove(created, systems, working, { withData: true });
    return [];
  };
  if (!failure) return close;
  await close();
  throw failure.error;
}

interface Opening {
  readonly plan: Plan;
  /** Container name. */
  readonly name: string;
  /** Ran before the tour. */
  readonly isThere: boolean;
  readonly connect: () => Promise<Connection>;
  /** Checks a new database. */
  readonly prove: (connection: Connection) => Promise<unknown>;
}

/** A database that already runs is used, and stays. */
export async function openPlan(
  { plan, name, isThere, connect, prove }: Opening,
  tour: Making,
): Promise<OpenedDatabase> {
  await pullImages(plan, tour.systems, tour.working);
  const close = await makeForTour(plan, tour);
  try {
    const connection = await connect();
    if (!isThere) await prove(connection);
    return { close, ...(isThere && { before: `${name} runs since before, and stays` }) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An image that cannot be pulled puts the stage out of reach: this machine may be offline. */
async function pullImages({ title, steps }: Plan, systems: Systems, working: WorkContext): Promise<void> {
  const pulls = steps.filter(({ action }) => action.kind === 'pullImage');
  try {
    await ensure({ title, steps: pulls }, systems, working, {});
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'system_failed') throw error;
    throw new Problem('out_of_reach', { message: error.message });
  }
}
