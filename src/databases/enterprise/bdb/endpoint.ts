/** Where this machine reaches a database of a cluster, and whether it answers there. */
import type { Connection } from '../../../connection.ts';
import { absent, failed, ok, type Answer, type Failed } from '../../../plan/answer.ts';
import type { Condition } from '../../../plan/condition.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import type { Bdb } from '../rest/shapes.ts';

export interface Endpoint {
  /** Where this machine may find it; the first that answers counts. */
  readonly connections: (bdb: Bdb, systems: Systems) => Promise<readonly Connection[]>;
  /** Of a cluster in containers: the port here that its first container publishes. The container must not end meanwhile. */
  readonly published?: { readonly container: string; readonly port: number; readonly tls: boolean };
}

const REFUSED = /^(?:NOAUTH|WRONGPASS)/;

/** True for an answer of Redis that refuses the password. */
export const isRefusedPassword = ({ reason }: Failed): boolean => REFUSED.test(reason);

/** The connection that answers PING; `failed` when its password is another one, or when none of them can ever answer. */
export async function firstAnswering(
  connections: readonly Connection[],
  systems: Systems,
): Promise<Answer<Connection>> {
  const reasons: string[] = [];
  const wrongPeers: Failed[] = [];
  let refused: Failed | undefined;
  for (const connection of connections) {
    const { host, port } = connection;
    const pong = await systems.redis.call(connection, ['PING']);
    if (pong.kind === 'ok') return ok(connection);
    if (REFUSED.test(pong.reason)) refused ??= failed(pong.reason);
    if (isWrongPeer(pong)) wrongPeers.push(pong);
    reasons.push(`${host}:${String(port)} (${pong.reason})`);
  }
  // Another Redis can listen at the first address: only when none of them answers is a refusal the answer.
  if (refused) return refused;
  const [first] = wrongPeers;
  if (first !== undefined && wrongPeers.length === reasons.length) return first;
  return absent(`active, but this machine does not reach it at ${reasons.join(', nor at ')}`);
}

/** Another protocol and protected mode stay as they are, however long one waits (systems/redis). */
export function isWrongPeer(answer: Answer<unknown>): answer is Failed {
  return answer.kind === 'failed' && answer.code === 'wrong_peer';
}

/** Who may log in is another question: a database that asks for a password is there, and not open to anyone. */
export function publishedPortAnswers(endpoint: Endpoint | undefined): readonly Condition[] {
  if (!endpoint?.published) return [];
  const { port, tls } = endpoint.published;
  return [{ kind: 'redis', connection: { host: '127.0.0.1', port, tls }, answer: 'NOAUTH' }];
}

/** undefined where nothing leads to it. Throws a Problem when it does not answer. */
export async function connectionTo(
  bdb: Bdb,
  endpoint: Endpoint | undefined,
  systems: Systems,
): Promise<Connection | undefined> {
  if (!endpoint) return undefined;
  const answering = await firstAnswering(await endpoint.connections(bdb, systems), systems);
  if (answering.kind === 'ok') return answering.value;
  throw unreachable(bdb.name ?? '', answering.reason);
}

export function unreachable(name: string, reason: string): Problem {
  return new Problem('database_unreachable', {
    message: `The database ${name} is ${reason}.`,
    hint: 'Its port must be published, and no firewall or VPN in the way: docker ps shows what is published.',
  });
}
