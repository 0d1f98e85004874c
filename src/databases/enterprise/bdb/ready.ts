/** When a database is ready: active, available, and reached from this machine through its port. */
import type { Connection } from '../../../connection.ts';
import { absent, failed, ok, type Answer, type Failed } from '../../../plan/answer.ts';
import { aliveOr } from '../../../plan/container-checks.ts';
import type { Api, RestCall } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import type { Condition } from '../../../plan/condition.ts';
import type { Ready } from '../../../plan/plan.ts';
import { settling } from '../cluster/bootstrap.ts';
import { databaseMeant } from './lookup.ts';
import type { Found } from '../rest/shapes.ts';

export interface Reach {
  /** Where this machine may find it; the first that answers counts. */
  readonly connections: (found: Found, systems: Systems) => Promise<readonly Connection[]>;
  /** Of our own: a container that must not end meanwhile, and the port here where containers publish it. */
  readonly own?: { readonly container: string; readonly port: number; readonly tls: boolean };
}

/** `status` of a database that will never be ready: https://redis.io/docs/latest/operate/rs/references/rest-api/objects/bdb/status/ */
const DEAD = 'creation-failed';
/** An active database listens: who cannot reach it by then is kept from it. */
const REACH_LIMIT_MS = 20_000;
const REFUSED = /^(?:NOAUTH|WRONGPASS)/;

/** Availability is asked of clusters that know the question (7.8 and later). */
export function databaseReady(api: Api, name: string, reach: Reach | undefined): NonNullable<Ready['look']> {
  let unreachedAt: number | undefined;
  return async ({ systems, working: { signal } }) => {
    const answer = settling(await systems.calls.ask(databaseMeant(api, { name }), signal));
    if (answer.kind !== 'ok') return reach?.own ? aliveOr(reach.own.container, answer, systems) : answer;
    const found = answer.value as Found;
    if (found.status === DEAD) throw neverReady(found);
    if (found.status && found.status !== 'active') return absent(`status ${found.status}`);
    const call: RestCall = { api, method: 'GET', path: `/v1/bdbs/${String(found.uid)}/availability` };
    const available = settling(await systems.calls.send(call, signal));
    // 404: an older cluster, which does not know the question.
    if (available.kind === 'absent' && available.status !== 404) return available;
    if (available.kind === 'failed' || reach === undefined)
      return available.kind === 'absent' ? ok(undefined) : available;
    const reached = await firstReached(await reach.connections(found, systems), systems);
    if (reached.kind === 'failed' && REFUSED.test(reached.reason)) throw otherPassword(name, reached.reason);
    if (reached.kind === 'failed') throw otherPeer(name, reached.reason);
    if (reached.kind === 'ok' && (await isOpen(reached.value, systems))) throw noPassword(name);
    unreachedAt ??= performance.now();
    if (reached.kind !== 'absent' || performance.now() - unreachedAt < REACH_LIMIT_MS) return reached;
    throw notReached(name, reached.reason);
  };
}

/** The connection that answers PING; `failed` when its password is another one, or when none of them can ever answer. */
export async function firstReached(connections: readonly Connection[], systems: Systems): Promise<Answer<Connection>> {
  const reasons: string[] = [];
  const final: Failed[] = [];
  let refused: Failed | undefined;
  for (const connection of connections) {
    const { host, port } = connection;
    const pong = await systems.redis.call(connection, ['PING']);
    if (pong.kind === 'ok') return ok(connection);
    if (REFUSED.test(pong.reason)) refused ??= failed(pong.reason);
    if (isFinal(pong)) final.push(pong);
    reasons.push(`${host}:${String(port)} (${pong.reason})`);
  }
  // Another Redis can listen at the first address: only when none of them answers is a refusal the answer.
  if (refused) return refused;
  const [first] = final;
  if (first !== undefined && final.length === reasons.length) return first;
  return absent(`active, but this machine does not reach it at ${reasons.join(', nor at ')}`);
}

/** Another protocol and protected mode stay as they are, however long one waits (systems/redis-peer.ts). */
export function isFinal(answer: Answer<unknown>): answer is Failed {
  return answer.kind === 'failed' && answer.code === 'wrong_peer';
}

/** Redis takes any password where none is set, so that only an attempt without one tells. */
async function isOpen({ user, password, ...connection }: Connection, { redis }: Systems): Promise<boolean> {
  if (user !== undefined || password === undefined) return false;
  return (await redis.call(connection, ['PING'])).kind === 'ok';
}

/** Who may log in is another question: a database that asks for a password is there, and not open to anyone. */
export function reachedHere(reach: Reach | undefined): readonly Condition[] {
  if (!reach?.own) return [];
  const { port, tls } = reach.own;
  return [{ kind: 'redis', connection: { host: '127.0.0.1', port, tls }, answer: 'NOAUTH' }];
}

function neverReady({ name, status }: Found): Problem {
  return new Problem('system_failed', {
    message: `The cluster could not create the database ${name ?? ''}: its status is ${status ?? 'unknown'}.`,
    hint: `Delete it, then create it again: redisdemo enterprise database delete ${name ?? ''}`,
  });
}

function noPassword(name: string): Problem {
  return new Problem('differs', {
    message: `The database ${name} exists without a password: anyone who reaches it can read and change it.`,
    hint: `Delete it first, with its data: redisdemo enterprise database delete ${name}`,
    details: { differences: ['password: is none, asked for one'] },
  });
}

function otherPassword(name: string, reason: string): Problem {
  return new Problem('password_differs', {
    message: `The database ${name} does not accept the password that redisdemo has stored for it: ${reason}`,
    hint: `Give its own with --database-password-file, or delete it: redisdemo enterprise database delete ${name}`,
  });
}

function otherPeer(name: string, reason: string): Problem {
  return new Problem('database_unreachable', {
    message: `The cluster reports the database ${name} as active, but this machine reaches something else. ${reason}.`,
    hint: `Check what listens there, or delete the database and choose another port: redisdemo enterprise database delete ${name}`,
  });
}

export function notReached(name: string, reason: string): Problem {
  return new Problem('database_unreachable', {
    message: `The database ${name} is ${reason}.`,
    hint: 'Its port must be published, and no firewall or VPN in the way: docker ps shows what is published.',
  });
}
