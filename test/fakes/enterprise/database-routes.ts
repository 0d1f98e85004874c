/**
 * /v1/bdbs: databases are shown, and their passwords changed. How they are made and changed: database-creation.ts,
 * database-change.ts.
 *
 * Where each belief comes from (redis/docs, api/requests/bdbs): `?fields=` leaves out the others: _index.md.
 * Availability: 200, or 503 with `bdb_unavailable`, from 7.8 on: availability.md. Passwords of the default user: PUT sets
 * the only one, POST adds, DELETE removes: passwords.md. There is no /v1/bdbs/dry-run: redis/redisctl#916.
 */
import { NOT_FOUND, Refusal, type Answer } from './answer.ts';
import { changeDatabase, removeDatabase } from './database-change.ts';
import { createDatabase } from './database-creation.ts';
import { findDatabase, shownDatabase, withDatabase } from './database-lookup.ts';
import { showDatabase } from './database-object.ts';
import type { Context, Route } from './routes.ts';
import { masterOf } from './state.ts';

export const DATABASE_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/bdbs', handle: list },
  { method: 'POST', path: '/v1/bdbs', needs: 'databases', handle: createDatabase },
  { method: 'GET', path: '/v1/bdbs/{uid}', handle: (context) => shownDatabase(findDatabase(context), context) },
  { method: 'PUT', path: '/v1/bdbs/{uid}', needs: 'databases', handle: changeDatabase },
  { method: 'DELETE', path: '/v1/bdbs/{uid}', needs: 'databases', handle: removeDatabase },
  { method: 'GET', path: '/v1/bdbs/{uid}/availability', handle: availability },
  ...(['PUT', 'POST', 'DELETE'] as const).map((method) => ({
    method,
    path: '/v1/bdbs/{uid}/passwords',
    needs: 'databases' as const,
    handle: (context: Context) => changePasswords(method, context),
  })),
];

function list(context: Context): Answer {
  const fields = context.query.get('fields')?.split(',');
  const objects = context.state().databases.map((database) => showDatabase(database, context.state(), context.release));
  if (fields === undefined) return { status: 200, body: objects };
  const pick = (object: object): object =>
    Object.fromEntries(Object.entries(object).filter(([name]) => fields.includes(name)));
  return { status: 200, body: objects.map(pick) };
}

function availability(context: Context): Answer | Promise<Answer> {
  if (!context.release.hasAvailability) return NOT_FOUND;
  const database = findDatabase(context);
  const { nodes } = context.state();
  const isServed = nodes.some(({ uid, alive }) => alive && uid === masterOf(database).node);
  if (database.status !== 'pending' && database.status !== 'creation-failed' && isServed) return { status: 200 };
  throw new Refusal(503, 'bdb_unavailable', 'Database is not available');
}

async function changePasswords(method: 'PUT' | 'POST' | 'DELETE', context: Context): Promise<Answer> {
  const database = findDatabase(context);
  const { password } = (context.body ?? {}) as { readonly password?: unknown };
  if (typeof password !== 'string' || password === '')
    throw new Refusal(400, 'invalid_schema', "'password' is missing");
  const others = database.passwords.filter((known) => known !== password);
  if (method === 'DELETE' && others.length === database.passwords.length) {
    throw new Refusal(406, 'password_not_exist', 'The password does not exist');
  }
  const passwords = { PUT: [password], POST: [...others, password], DELETE: others }[method];
  await context.change((state) => withDatabase(state, database.uid, { passwords }));
  return { status: 200 };
}
