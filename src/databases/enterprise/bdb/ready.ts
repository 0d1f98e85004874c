import type { Connection } from '../../../connection.ts';
import { absent, ok, type Answer } from '../../../plan/answer.ts';
import type { Api, RestCall } from '../../../plan/call.ts';
import { aliveOr } from '../../../plan/container-checks.ts';
import type { Ready } from '../../../plan/plan.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { transientAsAbsent } from '../rest/question.ts';
import type { Bdb } from '../rest/shapes.ts';
import { firstAnswering, isRefusedPassword, unreachable, type Endpoint } from './endpoint.ts';
import { firstBdb } from './lookup.ts';

/** https://redis.io/docs/latest/operate/rs/references/rest-api/objects/bdb/status/ */
const DEAD = 'creation-failed';
/** An active database listens: if it is not reached within this time, something blocks the connection. */
const REACH_LIMIT_MS = 20_000;

/** Finds out why the database is not ready, and whether it is open to anyone. */
export function bdbReady(api: Api, name: string, endpoint: Endpoint | undefined): NonNullable<Ready['look']> {
  let unreachedAt: number | undefined;
  return async ({ systems, working: { signal } }) => {
    const found = transientAsAbsent(await systems.calls.ask(firstBdb(api, { name }), signal));
    if (found.kind !== 'ok') return endpoint?.published ? aliveOr(endpoint.published.container, found, systems) : found;
    if (found.value.status === DEAD) throw neverReady(found.value);
    if (found.value.status && found.value.status !== 'active') return absent(`status ${found.value.status}`);
    const available = await availability(api, found.value, systems, signal);
    if (available.kind !== 'ok' || endpoint === undefined) return available;
    const answering = await firstAnswering(await endpoint.connections(found.value, systems), systems);
    if (answering.kind === 'ok' && (await isOpen(answering.value, systems))) throw noPassword(name);
    if (answering.kind === 'ok') return answering;
    if (answering.kind === 'failed')
      throw isRefusedPassword(answering) ? otherPassword(name, answering.reason) : otherPeer(name, answering.reason);
    unreachedAt ??= performance.now();
    if (performance.now() - unreachedAt < REACH_LIMIT_MS) return answering;
    throw unreachable(name, answering.reason);
  };
}

/** Clusters before 7.8 answer 404. */
async function availability(api: Api, { uid }: Bdb, { calls }: Systems, signal: AbortSignal): Promise<Answer<unknown>> {
  const call: RestCall = { api, method: 'GET', path: `/v1/bdbs/${String(uid)}/availability` };
  const answer = transientAsAbsent(await calls.send(call, signal));
  return answer.kind === 'absent' && answer.status === 404 ? ok(undefined) : answer;
}

/** Redis accepts any password where none is set, so only an attempt without one tells. */
async function isOpen({ user, password, ...connection }: Connection, { redis }: Systems): Promise<boolean> {
  if (user !== undefined || password === undefined) return false;
  return (await redis.call(connection, ['PING'])).kind === 'ok';
}

function neverReady({ name, status }: Bdb): Problem {
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
