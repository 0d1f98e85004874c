/**
 * /v1/users, /v1/roles and /v1/redis_acls.
 *
 * Where each belief comes from:
 * - what is there from the beginning: ACLs Full Access, Read Only, Not Dangerous, roles Admin … None, each with a number
 *   that may be another in the next release: redis/docs, api/requests/redis_acls and roles, facts C7.
 * - a user as it is shown, without password: redis-enterprise-rs, tests/fixtures/users_list.json. The e-mail address is
 *   the login of the API, `name` the one of Redis (inferred, facts C7).
 * - missing_field and invalid_param with 400, email_already_exists with 409 on users, name_already_exists,
 *   password_not_complex; a password has at least 8 signs: api/requests/{users,roles,redis_acls}, cluster.json.
 * - ?dry_run from 8.0 on: facts C1. Before, here, it counts for nothing.
 */
import { Refusal, type Answer } from './answer.ts';
import { areRules } from './acl.ts';
import { now } from './bootstrap.ts';
import type { Context, Route } from './routes.ts';
import type { Acl, ClusterState, Role, User } from './state.ts';

type Kind = 'users' | 'roles' | 'acls';
type Thing = User | Role | Acl;
type Fields = Readonly<Record<string, unknown>>;

export const FIRST_ROLES: readonly Role[] = [
  { uid: 1, name: 'Admin', management: 'admin' },
  { uid: 2, name: 'Cluster Member', management: 'cluster_member' },
  { uid: 3, name: 'Cluster Viewer', management: 'cluster_viewer' },
  { uid: 4, name: 'DB Member', management: 'db_member' },
  { uid: 5, name: 'DB Viewer', management: 'db_viewer' },
  { uid: 6, name: 'None', management: 'none' },
];
export const FIRST_ACLS: readonly Acl[] = [
  { uid: 1, name: 'Full Access', acl: '+@all ~*' },
  { uid: 2, name: 'Read Only', acl: '+@read ~*' },
  { uid: 3, name: 'Not Dangerous', acl: '+@all -@dangerous ~*' },
];

const PATHS: Readonly<Record<Kind, string>> = { users: '/v1/users', roles: '/v1/roles', acls: '/v1/redis_acls' };
const MAKE: Readonly<Record<Kind, (fields: Fields, state: ClusterState, own?: number) => Omit<Thing, 'uid'>>> = {
  users: makeUser,
  roles: makeRole,
  acls: makeAcl,
};

export const USER_ROUTES: readonly Route[] = (['users', 'roles', 'acls'] as const).flatMap((kind): Route[] => {
  const path = PATHS[kind];
  const needs = 'users';
  return [
    {
      method: 'GET',
      path,
      handle: ({ state }) => ({ status: 200, body: state()[kind].map((thing) => show(thing, kind)) }),
    },
    { method: 'POST', path, needs, handle: (context) => create(kind, context) },
    {
      method: 'GET',
      path: `${path}/{uid}`,
      handle: (context) => ({ status: 200, body: show(find(kind, context), kind) }),
    },
    { method: 'PUT', path: `${path}/{uid}`, needs, handle: (context) => change(kind, context) },
    { method: 'DELETE', path: `${path}/{uid}`, needs, handle: (context) => remove(kind, context) },
  ];
});

async function create(kind: Kind, context: Context): Promise<Answer> {
  const made = MAKE[kind](context.body as Fields, context.state());
  const thing = { ...made, uid: context.state().next.thing } as Thing;
  if (isDryRun(context)) return { status: 200, body: show(thing, kind) };
  await context.change((state) => ({
    ...state,
    [kind]: [...state[kind], thing],
    next: { ...state.next, thing: state.next.thing + 1 },
  }));
  return { status: 200, body: show(thing, kind) };
}

async function change(kind: Kind, context: Context): Promise<Answer> {
  const old = find(kind, context);
  const made = MAKE[kind]({ ...old, ...(context.body as Fields) }, context.state(), old.uid);
  const thing = { ...made, uid: old.uid } as Thing;
  if (isDryRun(context)) return { status: 200, body: show(thing, kind) };
  await context.change((state) => ({
    ...state,
    [kind]: state[kind].map((other) => (other.uid === old.uid ? thing : other)),
  }));
  return { status: 200, body: show(thing, kind) };
}

async function remove(kind: Kind, context: Context): Promise<Answer> {
  const { uid } = find(kind, context);
  await context.change((state) => ({ ...state, [kind]: state[kind].filter((thing) => thing.uid !== uid) }));
  return { status: 200 };
}

function find(kind: Kind, { state, params }: Context): Thing {
  const things: readonly Thing[] = state()[kind];
  const thing = things.find(({ uid }) => String(uid) === params['uid']);
  if (thing === undefined) throw new Refusal(404, `${kind.slice(0, -1)}_not_exist`, 'It does not exist');
  return thing;
}

function isDryRun({ query, release }: Context): boolean {
  return query.has('dry_run') && release.hasDryRunOfUsers;
}

function makeUser(fields: Fields, { users, roles }: ClusterState, own?: number): Omit<User, 'uid'> {
  const { email, password, name = '', role_uids = [], role, auth_method = 'regular', email_alerts = true } = fields;
  if (typeof email !== 'string' || typeof password !== 'string') throw missing('email and password');
  if (password.length < 8) throw new Refusal(400, 'password_not_complex', 'The password is too short');
  const others = users.filter(({ uid }) => uid !== own);
  if (others.some((user) => user.email === email))
    throw new Refusal(409, 'email_already_exists', 'E-mail already exists');
  if (name !== '' && others.some((user) => user.name === name)) throw taken(String(name));
  const named = roles.filter(({ management, uid }) => management === role && uid <= FIRST_ROLES.length);
  const uids = role === undefined ? (role_uids as number[]) : named.map(({ uid }) => uid);
  return {
    email,
    password,
    name: String(name),
    role_uids: uids,
    auth_method: String(auth_method),
    email_alerts: email_alerts === true,
    issued: now(),
  };
}

function makeRole({ name, management }: Fields, { roles }: ClusterState, own?: number): Omit<Role, 'uid'> {
  if (typeof name !== 'string' || typeof management !== 'string') throw missing('name and management');
  if (roles.some((role) => role.name === name && role.uid !== own)) throw taken(name);
  return { name, management };
}

function makeAcl({ name, acl }: Fields, { acls }: ClusterState, own?: number): Omit<Acl, 'uid'> {
  if (typeof name !== 'string' || typeof acl !== 'string') throw missing('name and acl');
  if (acls.some((other) => other.name === name && other.uid !== own)) throw taken(name);
  if (!areRules(acl)) throw new Refusal(400, 'invalid_param', 'The ACL is not valid');
  return { name, acl };
}

function missing(fields: string): Refusal {
  return new Refusal(400, 'missing_field', `Missing: ${fields}`);
}

function taken(name: string): Refusal {
  return new Refusal(400, 'name_already_exists', `The name ${name} already exists`);
}

function show(thing: Thing, kind: Kind): object {
  if (kind !== 'users') return thing;
  const { uid, email, name, role_uids, auth_method, email_alerts, issued } = thing as User;
  return {
    auth_method,
    certificate_subject_line: '',
    email,
    email_alerts,
    name,
    password_issue_date: issued,
    role_uids,
    status: 'active',
    uid,
  };
}
