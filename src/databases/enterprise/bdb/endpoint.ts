import type { Connection } from '../../../connection.ts';
import { absent, failed, ok, type Answer, type Failed } from '../../../plan/answer.ts';
import type { Condition } from '../../../plan/condition.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import type { Bdb } from '../rest/shapes.ts';

export interface Endpoint {
  /** Tried in this order: the first one that answers is used. */
  readonly connections: (bdb: Bdb, systems: Systems) => Promise<readonly Connection[]>;
  /** The port published by the first container of a cluster in Docker. Waiting fails when that container ends. */
  readonly published?: { readonly container: string; readonly port: number; readonly tls: boolean };
}

const REFUSED = /^(?:NOAUTH|WRONGPASS)/;

export const isRefusedPassword = ({ reason }: Failed): boolean => REFUSED.test(reason);

/** Returns `failed` for a refused password, or when another protocol or protected mode answers at every address. */
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
  // Another Redis can listen at the first address, so a refusal counts only when no address works.
  if (refused) return refused;
  const [first] = wrongPeers;
  if (first !== undefined && wrongPeers.length === reasons.length) return first;
  return absent(`active, but this machine does not reach it at ${reasons.join(', nor at ')}`);
}

/** No wait changes another protocol or protected mode (systems/redis). */
export function isWrongPeer(answer: Answer<unknown>): answer is Failed {
  return answer.kind === 'failed' && answer.code === 'wrong_peer';
}

/** A refused login counts as an answer: the database is there, and protected. */
export function publishedPortAnswers(endpoint: Endpoint | undefined): readonly Condition[] {
  if (!endpoint?.published) return [];
  const { port, tls } = endpoint.published;
  return [{ kind: 'redis', connection: { host: '127.0.0.1', port, tls }, answer: 'NOAUTH' }];
}

/** undefined without an endpoint. Throws a Problem when the database does not answer. */
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
