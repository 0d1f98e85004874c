/** One database of the state: found, shown, and with something changed. */
import { Refusal, type Answer } from './answer.ts';
import { showDatabase } from './database-object.ts';
import type { Context } from './routes.ts';
import type { ClusterState, Database } from './state.ts';

export function findDatabase({ state, params }: Context): Database {
  const database = state().databases.find(({ uid }) => String(uid) === params['uid']);
  if (database === undefined)
    throw new Refusal(404, 'db_not_exist', `The database ${params['uid'] ?? ''} does not exist`);
  return database;
}

/** The answer to a request that has begun something names its action. */
export function shownDatabase(database: Database, { state, release }: Context, action?: string): Answer {
  const body = showDatabase(database, state(), release);
  return { status: 200, body: action === undefined ? body : { ...body, action_uid: action } };
}

export function withDatabase(state: ClusterState, uid: number, change: Partial<Database>): ClusterState {
  const databases = state.databases.map((database) => (database.uid === uid ? { ...database, ...change } : database));
  return { ...state, databases };
}
