/** From a request to the one who answers it, and who may ask. */
import { NOT_FOUND, Refusal, UNAUTHORIZED, type Answer } from './answer.ts';
import type { Release } from './families.ts';
import type { Delays, Troubles } from './options.ts';
import type { ClusterState, User } from './state.ts';

/** What a handler knows, on the node that decides. */
export interface Context {
  readonly release: Release;
  readonly delays: Delays;
  readonly troubles: Troubles;
  /** The newest. */
  readonly state: () => ClusterState;
  /** Takes effect at once; resolves when all nodes have followed. */
  readonly change: (change: (state: ClusterState) => ClusterState) => Promise<void>;
  /** Until then every POST /v1/bdbs is refused, in milliseconds since 1970. */
  readonly settledAt: number;
  /** Of the path: `{uid}` and so on. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Route {
  readonly method: string;
  /** `/v1/bdbs/{uid}` */
  readonly path: string;
  /** What it takes; looking needs any role but `none`. */
  readonly needs?: keyof typeof MAY;
  readonly handle: (context: Context) => Answer | Promise<Answer>;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** The management roles that may do it: redis/docs, api/permissions.md. */
const MAY = {
  databases: ['admin', 'cluster_member', 'db_member'],
  users: ['admin', 'user_manager'],
  cluster: ['admin'],
} as const;

export async function answerWith(
  routes: readonly Route[],
  asked: Asked,
  context: Omit<Context, 'params'>,
): Promise<Answer> {
  const state = context.state();
  const user = whoIs(asked.authorization, state);
  if (user === undefined) return UNAUTHORIZED;
  for (const route of routes) {
    const params = route.method === asked.method ? match(route.path, asked.path) : undefined;
    if (params === undefined) continue;
    if (!mayDo(user, route, state)) return new Refusal(403, 'forbidden', 'User is not allowed to do this').answer;
    return orRefusal(() => route.handle({ ...context, params }));
  }
  return NOT_FOUND;
}

export async function orRefusal(work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** By the e-mail address, which is the login of the API: facts C7. */
export function whoIs(authorization: string | undefined, { users }: ClusterState): User | undefined {
  const [, encoded] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString();
  return users.find(({ email, password }) => `${email}:${password}` === credentials);
}

function mayDo({ role_uids }: User, { needs }: Route, { roles }: ClusterState): boolean {
  const own = roles.filter(({ uid }) => role_uids.includes(uid)).map(({ management }) => management);
  return own.some((management) => {
    return needs === undefined ? management !== 'none' : (MAY[needs] as readonly string[]).includes(management);
  });
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const parts = path.split('/');
  const wanted = pattern.split('/');
  if (parts.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, want] of wanted.entries()) {
    const part = parts[at] ?? '';
    if (want.startsWith('{')) params[want.slice(1, -1)] = part;
    else if (want !== part) return undefined;
  }
  return params;
}
