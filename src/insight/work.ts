import type { ownerSettings, planSettings, takeAwaySettings } from '../command/docker-options.ts';
import type { Invocation } from '../command/invocation.ts';
import { finishRemoval, make, ofOwner, scriptResult, takeAway, within } from '../command/plans.ts';
import type { Values } from '../command/setting.ts';
import { createdTitles } from '../plan/results.ts';
import { Problem, type ProblemCode } from '../problem.ts';
import { line } from '../report.ts';
import { databasesOf, isReachedFrom, workOf } from '../stage/list.ts';
import { onePlan } from '../stage/one-plan.ts';
import type { Database, Stages } from '../stage/stage.ts';
import type { StageWork } from '../stage/work.ts';
import type { insightSettings } from './options.ts';
import { foundInsightPlan, insightPlan, insightPort, type KnownDatabase } from './plan.ts';

export async function insightUp(
  values: Values<typeof insightSettings & typeof planSettings>,
  stages: Stages,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, confirm, finish } = invocation;
  const databases = await liveDatabases(stages, invocation);
  const plan = within(values.timeout, insightPlan({ port: values.port, databases }, places.home));
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  if (!values.acceptTerms && (await insightPort(systems)) === undefined) {
    const yes = await confirm("Do you accept RedisInsight's terms (https://redis.io/legal/)?", '--accept-terms');
    if (!yes) throw new Problem('declined', { message: 'RedisInsight was not started.' });
  }
  const results = await make(plan, { explain: values.explain, undo: 'redisdemo insight down' }, invocation);
  const url = `http://127.0.0.1:${String(values.port)}`;
  const names = databases.map(({ name }) => `redisdemo ${name}`);
  finish({
    data: { url, databases: names, created: createdTitles(results) },
    view: [
      line(`RedisInsight is ready at ${url}.`, 'good'),
      line(
        names.length > 0
          ? `It knows: ${names.join(', ')}.`
          : 'No database of redisdemo is running, so none is preconfigured.',
      ),
    ],
  });
}

export async function insightDown(
  values: Values<typeof takeAwaySettings & typeof ownerSettings>,
  invocation: Invocation,
): Promise<void> {
  const plan = ofOwner(values.owner, await foundInsightPlan(invocation.places.home, invocation.systems));
  finishRemoval(await takeAway(plan, { explain: values.explain, withData: true }, invocation), invocation);
}

export const insightStage: StageWork = onePlan(({ places, systems }) => foundInsightPlan(places.home, systems));

/** The database does not run, or is somebody else's. */
const NONE: ReadonlySet<ProblemCode> = new Set(['not_running', 'foreign', 'other_home']);

type Context = Pick<Invocation, 'places' | 'systems' | 'environment'>;

export async function liveDatabases(stages: Stages, context: Context): Promise<readonly KnownDatabase[]> {
  const reached = databasesOf(stages).filter((database) => isReachedFrom(database, 'engine'));
  return (await Promise.all(reached.map((database) => ifLive(database, context)))).flat();
}

async function ifLive(database: Database, context: Context): Promise<readonly KnownDatabase[]> {
  const { leftovers, connection } = await workOf(database, context);
  // A stage that redisdemo does not create is not preconfigured.
  if (!leftovers) return [];
  try {
    const found = await connection('engine', { ...context, given: () => Promise.resolve(undefined) });
    return found ? [{ name: database.name, connection: found }] : [];
  } catch (error) {
    if (error instanceof Problem && NONE.has(error.code)) return [];
    throw error;
  }
}
