import { HEALTH_TIMEOUT_MS } from '../plan/service-health.ts';
import type { Connection } from '../connection.ts';
import { absent, type Answer } from '../plan/answer.ts';
import type { Systems } from '../plan/systems.ts';
import { Problem } from '../problem.ts';

const LOG_LINES = 50;
/** The status of /health where the store does not respond (service/src/routes/health.ts). */
const UNAVAILABLE = 503;
/** Waiting does not help with these, nor with the codes of src/systems/redis/redis.ts below. */
const REFUSED = /\b(?:WRONGPASS|NOAUTH|NOPERM)\b/;
const WRONG_SETTINGS: ReadonlySet<string> = new Set(['wrong_peer', 'not_trusted']);

export type ReadLog = (lines: number) => Promise<string>;

interface Evidence {
  readonly readLog: ReadLog;
  /** The database of the service; undefined when users are kept in memory, and where it is not known. */
  readonly connection?: Connection | undefined;
}

/**
 * `absent` with the reason while the service cannot work. Anybody can call /health, so it gives no reason: the log does,
 * which only the owner of the process or container can read. Throws a Problem when no wait helps: Redis refuses the
 * service's login, or what answers in its place is not a Redis as the settings describe it.
 */
export async function explainHealth(
  url: string,
  said: Answer<unknown>,
  { redis, files }: Pick<Systems, 'redis' | 'files'>,
  { readLog, connection }: Evidence,
): Promise<Answer<unknown>> {
  if (said.kind === 'ok' || said.status === undefined) return said;
  const logged = lastReason(await readLog(LOG_LINES));
  const reason = logged ?? said.reason;
  if (REFUSED.test(reason)) {
    const remark = connection?.password && (await files.describeSecret(connection.password));
    const words = `The service runs at ${url}, and its Redis refuses the login: ${reason}`;
    throw new Problem('not_permitted', {
      message: remark === undefined ? words : `${words}\n${remark}`,
      hint: 'Give the right user and password: --redis-user NAME, and REDISPASS or --redis-password-file FILE',
    });
  }
  if (connection && logged !== undefined) await assertRedis(url, connection, redis);
  return absent(reason);
}

/** Why a service says that it is not healthy; undefined where it is, and where nobody answers. */
export async function unavailableReason(
  url: string,
  { http }: Pick<Systems, 'http'>,
  readLog: ReadLog,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await http.send({ method: 'GET', url: `${url}/health`, timeoutMs: HEALTH_TIMEOUT_MS }, signal);
  if (answer.kind !== 'ok' || answer.value.status !== UNAVAILABLE) return undefined;
  return lastReason(await readLog(LOG_LINES)) ?? `status ${String(UNAVAILABLE)}`;
}

/** That this machine cannot reach the database of a container proves nothing. */
async function assertRedis(url: string, connection: Connection, redis: Systems['redis']): Promise<void> {
  const answer = await redis.call(connection, ['PING']);
  if (answer.kind !== 'failed' || !WRONG_SETTINGS.has(answer.code ?? '')) return;
  throw new Problem('bad_setting', {
    message: `The service runs at ${url}, but cannot use its database. ${answer.reason}.`,
    hint: answer.hint,
  });
}

/** Of the log's lines, which are JSON (service/src/log.ts), the last that has a `reason`. */
function lastReason(log: string): string | undefined {
  return log
    .split('\n')
    .map(reasonOf)
    .findLast((reason) => reason !== undefined);
}

function reasonOf(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { readonly reason?: unknown } | null;
    return typeof entry?.reason === 'string' ? entry.reason : undefined;
  } catch {
    return undefined; // a line of Node's own, or the half of one
  }
}

export const JSON_HINT = 'Take redis:8, redis/redis-stack, or a database with JSON among its modules.';

/** Throws a Problem when the last log lines of a service that ended say so. */
export function assertJsonModule(lines: string): void {
  if (!lines.includes('no JSON module')) return;
  throw new Problem('json_module_missing', {
    message: 'The service has ended: its Redis has no JSON module (RedisJSON).',
    hint: JSON_HINT,
  });
}
